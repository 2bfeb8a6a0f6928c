package org.quorate.cli.backup;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A bucket of Amazon S3, or of a store that speaks its protocol. Credentials come from where the
 * SDK looks for them: the environment, a profile, the machine's role. Objects appear whole. There
 * is no lock: only one may write at a time.
 */
final class S3Store implements BackupStore {
    /** What S3 takes in one piece. */
    static final long OBJECT_BYTES_MAX = 5L << 30;

    private static final int NOT_FOUND = 404;

    private final S3Client client;
    private final String bucket;
    private final String prefix;

    private S3Store(S3Client client, String bucket, String prefix) {
        this.client = client;
        this.bucket = bucket;
        this.prefix = prefix.isEmpty() ? "" : prefix + "/";
    }

    /**
     * Asks nothing yet.
     *
     * @param endpoint null for Amazon's
     * @param region null for the environment's
     */
    static S3Store open(
            String bucket, String prefix, @Nullable URI endpoint, @Nullable String region) {
        S3ClientBuilder builder =
                S3Client.builder()
                        .httpClient(UrlConnectionHttpClient.create())
                        .region(region == null ? regionOfEnvironment() : Region.of(region))
                        // What is sent is signed whole, not piece by piece.
                        .serviceConfiguration(
                                S3Configuration.builder().chunkedEncodingEnabled(false).build())
                        // Other stores than Amazon's do not know the newer checksums.
                        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        if (endpoint != null) {
            builder.endpointOverride(endpoint).forcePathStyle(true);
        }
        return new S3Store(builder.build(), bucket, prefix);
    }

    private static Region regionOfEnvironment() {
        try {
            return new DefaultAwsRegionProviderChain().getRegion();
        } catch (SdkException e) {
            return Region.US_EAST_1; // where nobody says otherwise, as other stores expect it
        }
    }

    @Override
    public List<Item> list(String folder) throws IOException {
        try {
            List<Item> items = new ArrayList<>();
            for (S3Object object :
                    client.listObjectsV2Paginator(
                                    request -> request.bucket(bucket).prefix(prefix + folder))
                            .contents()) {
                items.add(
                        new Item(
                                object.key().substring(prefix.length()),
                                object.size(),
                                object.lastModified().toEpochMilli()));
            }
            return items;
        } catch (SdkException e) {
            throw failure(folder, e);
        }
    }

    @Override
    public boolean has(String name) throws IOException {
        try {
            client.headObject(request -> request.bucket(bucket).key(prefix + name));
            return true;
        } catch (S3Exception e) {
            if (e.statusCode() == NOT_FOUND) {
                return false;
            }
            throw failure(name, e);
        } catch (SdkException e) {
            throw failure(name, e);
        }
    }

    @Override
    public InputStream open(String name) throws IOException {
        try {
            return client.getObject(request -> request.bucket(bucket).key(prefix + name));
        } catch (NoSuchKeyException e) {
            throw (IOException) new NoSuchFileException(locate(name)).initCause(e);
        } catch (SdkException e) {
            throw failure(name, e);
        }
    }

    @Override
    public void put(String name, Path file) throws IOException {
        if (Files.size(file) > OBJECT_BYTES_MAX) {
            throw new IOException(
                    "%s would have %d bytes; S3 takes %d in one piece"
                            .formatted(locate(name), Files.size(file), OBJECT_BYTES_MAX));
        }
        try {
            client.putObject(
                    request -> request.bucket(bucket).key(prefix + name),
                    RequestBody.fromFile(file));
        } catch (SdkException e) {
            throw failure(name, e);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        try {
            client.deleteObject(request -> request.bucket(bucket).key(prefix + name));
        } catch (SdkException e) {
            throw failure(name, e);
        }
    }

    private IOException failure(String name, SdkException e) {
        String why =
                e instanceof S3Exception s3 && s3.awsErrorDetails() != null
                        ? "%s (%d %s)"
                                .formatted(
                                        s3.awsErrorDetails().errorMessage(),
                                        s3.statusCode(),
                                        s3.awsErrorDetails().errorCode())
                        : e.getMessage();
        return new IOException(locate(name) + ": " + why, e);
    }

    @Override
    public String locate(String name) {
        return "s3://" + bucket + "/" + prefix + name;
    }

    @Override
    public void lock() {}

    @Override
    public void close() {
        client.close();
    }
}
