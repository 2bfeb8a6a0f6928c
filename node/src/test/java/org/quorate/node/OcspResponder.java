package org.quorate.node;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Base64;
import java.util.Date;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.Req;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority that says over HTTP which of its certificates it has revoked (RFC 6960). */
final class OcspResponder implements AutoCloseable {
    /** Of the extension that names the responder. */
    static final String AUTHORITY_INFORMATION_ACCESS = "1.3.6.1.5.5.7.1.1";

    private final X509Bundle authority;
    private final HttpServer http;
    private final Set<BigInteger> revoked = ConcurrentHashMap.newKeySet();

    OcspResponder(X509Bundle authority) throws IOException {
        this.authority = authority;
        this.http =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", this::answer);
        http.start();
    }

    void revoke(X509Bundle certificate) {
        revoked.add(certificate.getCertificate().getSerialNumber());
    }

    /** The value of the extension in a certificate that this one answers for. */
    byte[] extension() throws IOException {
        String address = "http://127.0.0.1:%d/".formatted(http.getAddress().getPort());
        return new AuthorityInformationAccess(
                        AccessDescription.id_ad_ocsp,
                        new GeneralName(GeneralName.uniformResourceIdentifier, address))
                .getEncoded();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] request =
                    exchange.getRequestMethod().equals("GET")
                            ? Base64.getDecoder()
                                    .decode(exchange.getRequestURI().getPath().substring(1))
                            : exchange.getRequestBody().readAllBytes();
            byte[] answer = said(new OCSPReq(request));
            exchange.getResponseHeaders().add("Content-Type", "application/ocsp-response");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        } catch (OCSPException | OperatorCreationException e) {
            throw new IOException(e);
        }
    }

    private byte[] said(OCSPReq request)
            throws OCSPException, OperatorCreationException, IOException {
        X500Name name =
                X500Name.getInstance(
                        authority.getCertificate().getSubjectX500Principal().getEncoded());
        BasicOCSPRespBuilder answers = new BasicOCSPRespBuilder(new RespID(name));
        Date now = new Date();
        for (Req each : request.getRequestList()) {
            CertificateID id = each.getCertID();
            CertificateStatus status =
                    revoked.contains(id.getSerialNumber())
                            ? new RevokedStatus(now)
                            : CertificateStatus.GOOD;
            answers.addResponse(id, status);
        }
        return new OCSPRespBuilder()
                .build(
                        OCSPRespBuilder.SUCCESSFUL,
                        answers.build(
                                new JcaContentSignerBuilder("SHA256withECDSA")
                                        .build(authority.getKeyPair().getPrivate()),
                                new X509CertificateHolder[0],
                                now))
                .getEncoded();
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
