package io.culvert.broker.remote;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemTrustOptions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A server that answers with JSON, behind a pool of connections. Bounded in time, in connections,
 * in questions that wait for one, and in the length of an answer; whatever goes beyond these, every
 * status but 200, and what is no JSON object, is a failure. May be used on any thread.
 */
public final class JsonServer {
  /** Some thousand keys, or topic filters. */
  private static final int LARGEST_ANSWER_BYTES = 256 << 10;

  private final RemoteOptions options;
  private final HttpClientAgent client;

  public JsonServer(Vertx vertx, RemoteOptions options) {
    this.options = options;
    HttpClientOptions settings =
        new HttpClientOptions()
            .setSsl(options.isTls())
            .setConnectTimeout((int) options.timeoutMillis())
            .setDecompressionSupported(false);
    String authority = options.authority();
    if (authority != null) {
      settings.setTrustOptions(new PemTrustOptions().addCertPath(authority));
    }
    PoolOptions pool =
        new PoolOptions()
            .setHttp1MaxSize(options.connections())
            .setMaxWaitQueueSize(options.connections());
    this.client = vertx.createHttpClient(settings, pool);
  }

  /** What GET answers. */
  public Future<JsonObject> get() {
    return ask(HttpMethod.GET, Buffer.buffer());
  }

  /** What POST of this answers. */
  public Future<JsonObject> post(JsonObject question) {
    return ask(HttpMethod.POST, question.toBuffer());
  }

  /** Asks no more. */
  public Future<Void> close() {
    return client.close();
  }

  private Future<JsonObject> ask(HttpMethod method, Buffer body) {
    RequestOptions request =
        new RequestOptions()
            .setMethod(method)
            .setAbsoluteURI(options.uri().toString())
            .putHeader("accept", "application/json")
            .setTimeout(options.timeoutMillis());
    if (method.equals(HttpMethod.POST)) {
      request.putHeader("content-type", "application/json");
    }
    return client
        .request(request)
        .compose(
            opened ->
                opened
                    .send(body)
                    .compose(JsonServer::answer)
                    .timeout(options.timeoutMillis(), TimeUnit.MILLISECONDS)
                    .onFailure(late -> opened.reset()))
        .recover(
            failure -> Future.failedFuture(failure instanceof TimeoutException ? late() : failure));
  }

  /**
   * Instead of one that Vert.x makes, which has the address with its query, and gets to the log.
   */
  private TimeoutException late() {
    return new TimeoutException(
        options.shown() + " has not answered in " + options.timeoutMillis() + " ms");
  }

  private static Future<JsonObject> answer(HttpClientResponse response) {
    if (response.statusCode() != 200) {
      return Future.failedFuture("the server has answered with status " + response.statusCode());
    }
    Promise<Buffer> whole = Promise.promise();
    Buffer text = Buffer.buffer();
    response.exceptionHandler(whole::tryFail);
    response.endHandler(end -> whole.tryComplete(text));
    response.handler(
        chunk -> {
          if (text.length() + chunk.length() > LARGEST_ANSWER_BYTES) {
            whole.tryFail("the server's answer is longer than 256 KiB");
          } else {
            text.appendBuffer(chunk);
          }
        });
    return whole.future().map(JsonObject::new); // what is none throws
  }
}
