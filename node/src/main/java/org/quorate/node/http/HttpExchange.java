package org.quorate.node.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One request and its answer. Owned by the virtual thread that handles it. */
public final class HttpExchange {
    private final Channel channel;
    private final HttpRequest request;
    private final RequestBody body;
    private final QueryStringDecoder uri;
    private final int writeMillisMax;
    private final Map<String, String> extraHeaders = new LinkedHashMap<>();
    private boolean answered;

    HttpExchange(Channel channel, HttpRequest request, RequestBody body, int writeMillisMax) {
        this.channel = channel;
        this.request = request;
        this.body = body;
        this.uri = new QueryStringDecoder(request.uri());
        this.writeMillisMax = writeMillisMax;
    }

    /** In upper case. */
    public String method() {
        return request.method().name();
    }

    /** Decoded, without the query. */
    public String path() {
        return uri.path();
    }

    /** Parameters of the query; of one that stands twice the first. */
    public Map<String, String> query() {
        Map<String, String> query = new LinkedHashMap<>();
        uri.parameters().forEach((name, values) -> query.put(name, values.get(0)));
        return query;
    }

    /** A header of the request; its name in any case. */
    public @Nullable String header(String name) {
        return request.headers().get(name);
    }

    public InetSocketAddress remote() {
        return (InetSocketAddress) channel.remoteAddress();
    }

    /** What the client sends behind the headers; arrives as it is read. */
    public InputStream body() {
        return body;
    }

    /** Adds a header to the answer that is to come. */
    public void addHeader(String name, String value) {
        extraHeaders.put(name, value);
    }

    /** Has the answer begun? Then it cannot become another. */
    public boolean isAnswered() {
        return answered;
    }

    /** Answers with a text in UTF-8. */
    public void send(int status, String contentType, String text) throws IOException {
        send(status, contentType, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Answers as a whole. */
    public void send(int status, String contentType, byte[] bytes) throws IOException {
        begin();
        boolean head = method().equals("HEAD");
        DefaultFullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.valueOf(status),
                        head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(bytes));
        headers(response, contentType);
        HttpUtil.setContentLength(response, bytes.length);
        settle(channel.writeAndFlush(response));
    }

    /**
     * Begins an answer of any length. The stream waits while the client does not read, and fails if
     * it does not read for too long. To be closed.
     */
    public OutputStream stream(int status, String contentType) throws IOException {
        begin();
        DefaultHttpResponse response =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
        headers(response, contentType);
        HttpUtil.setTransferEncodingChunked(response, true);
        settle(channel.writeAndFlush(response));
        return new ResponseBody(channel, writeMillisMax);
    }

    /** May another request follow on this connection? */
    boolean keepsAlive() {
        return answered && HttpUtil.isKeepAlive(request) && body.isExhausted();
    }

    private void begin() {
        if (answered) {
            throw new IllegalStateException("answered twice: " + request.uri());
        }
        answered = true;
    }

    private void headers(HttpResponse response, String contentType) {
        HttpHeaders headers = response.headers();
        if (!contentType.isEmpty()) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, contentType);
        }
        headers.set("x-content-type-options", "nosniff");
        extraHeaders.forEach(headers::set);
        if (!keepsAlive()) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    private void settle(ChannelFuture written) throws IOException {
        ResponseBody.settle(written, writeMillisMax);
    }
}
