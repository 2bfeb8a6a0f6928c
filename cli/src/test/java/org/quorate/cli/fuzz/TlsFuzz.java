package org.quorate.cli.fuzz;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.quorate.net.tls.HandshakeLimit;
import org.quorate.net.tls.TlsContext;
import org.quorate.net.tls.TlsFront;
import org.quorate.net.tls.TlsOptions;

/** The bytes that a client begins its connection to a TLS port, or to a port for both, with. */
public final class TlsFuzz {
    private static final TlsContext CONTEXT = context();

    private TlsFuzz() {}

    private static TlsContext context() {
        try {
            X509Bundle bundle =
                    new CertificateBuilder()
                            .subject("CN=fuzz")
                            .setIsCertificateAuthority(true)
                            .ecp256()
                            .buildSelfSigned();
            String certificate = bundle.getCertificatePEM();
            return TlsContext.open(
                    new TlsOptions(
                            store(bundle.getPrivateKeyPEM() + "\n" + certificate),
                            store(certificate),
                            List.of("TLSv1.3", "TLSv1.2"),
                            List.of(),
                            TlsOptions.ClientAuth.NEED,
                            new TlsOptions.Names(false, false, false),
                            new TlsOptions.Revocation(false, false),
                            // Coverage ends at native code.
                            TlsOptions.Library.JDK,
                            false,
                            10_000));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static TlsOptions.Store store(String pem) throws IOException {
        Path file = Files.createTempFile("fuzz", ".pem");
        file.toFile().deleteOnExit();
        Files.writeString(file, pem);
        return new TlsOptions.Store(file, TlsOptions.StoreType.PEM, "", null);
    }

    /** One input: its first bit says whether plain bytes may come too, its pieces are reads. */
    public static void fuzzerTestOneInput(byte[] data) throws Exception {
        boolean plainToo = data.length > 0 && data[0] < 0;
        EmbeddedChannel channel =
                new EmbeddedChannel(new TlsFront(CONTEXT, new HandshakeLimit(10), plainToo));
        Pieces reads = new Pieces(Arrays.copyOfRange(data, Math.min(1, data.length), data.length));
        try {
            while (reads.hasNext() && channel.isOpen()) {
                channel.writeOneInbound(Unpooled.wrappedBuffer(reads.next()));
                channel.runPendingTasks();
            }
            channel.checkException();
        } catch (DecoderException e) {
            // no TLS
        }
        try {
            channel.finishAndReleaseAll();
        } catch (DecoderException e) {
            // the same, told by the task that was under way
        }
    }
}
