package io.culvert.broker;

import io.culvert.broker.config.MetricsOptions;
import io.culvert.runtime.metrics.PartMetrics;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small HTTP server for those who watch: {@code /metrics} for Prometheus, {@code /health/live}
 * and {@code /health/ready} for whoever restarts a process or sends it clients. Answers GET and
 * HEAD, and nobody is asked who he is: no client, user or topic is named here.
 *
 * <p>Used on the event loop that it was made on. Whoever asks while an answer is on its way gets
 * that one, so that many who ask cost the broker no more than one.
 */
final class MetricsServer {
  /** Watchers keep one connection each; further ones are closed at once. */
  static final int MOST_CONNECTIONS = 32;

  private static final Logger LOG = LoggerFactory.getLogger("culvert.metrics");

  private static final int MOST_HEADER_BYTES = 8 * 1024;
  private static final int LONGEST_LINE_BYTES = 1024;

  /** A request is there so long after the one before, or the connection ends. */
  private static final long REQUEST_MILLIS = 75_000; // Prometheus asks each minute, or more often

  /** An event loop that does not answer for so long is no good to anybody. */
  private static final int ANSWER_MILLIS = 5000;

  private final Vertx vertx;
  private final Context context;
  private final Supplier<Future<Readings>> broker;
  private final BooleanSupplier ready;
  private final MetricsRegistry registry;
  private final HttpServer server;
  private final long requestMillis;
  private final Map<HttpConnection, Long> timers = new HashMap<>();
  private @Nullable Future<String> scraping;
  private @Nullable Future<Readings> asking;

  private MetricsServer(
      Vertx vertx,
      MetricsOptions options,
      Supplier<Future<Readings>> broker,
      BooleanSupplier ready,
      MetricsRegistry registry,
      long requestMillis) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.broker = broker;
    this.ready = ready;
    this.registry = registry;
    this.requestMillis = requestMillis;
    this.server =
        vertx.createHttpServer(
            new HttpServerOptions()
                .setHost(options.bind())
                .setPort(options.port())
                .setHttp2ClearTextEnabled(false)
                .setMaxInitialLineLength(LONGEST_LINE_BYTES)
                .setMaxHeaderSize(MOST_HEADER_BYTES));
  }

  /**
   * Listens.
   *
   * @param ready whether clients are welcome
   */
  static Future<MetricsServer> listen(
      Vertx vertx,
      MetricsOptions options,
      Supplier<Future<Readings>> broker,
      BooleanSupplier ready) {
    return listen(vertx, options, broker, ready, REQUEST_MILLIS);
  }

  /** As above, with another limit for the time until a request is there. */
  static Future<MetricsServer> listen(
      Vertx vertx,
      MetricsOptions options,
      Supplier<Future<Readings>> broker,
      BooleanSupplier ready,
      long requestMillis) {
    return vertx
        .executeBlocking(MetricsRegistry::new)
        .map(registry -> new MetricsServer(vertx, options, broker, ready, registry, requestMillis))
        .compose(created -> created.bind(options));
  }

  /** Where the metrics are. */
  String uri(MetricsOptions options) {
    return options.uri(server.actualPort());
  }

  Future<Void> close() {
    return server.close().eventually(() -> vertx.executeBlocking(this::closeRegistry));
  }

  private Void closeRegistry() {
    registry.close();
    return null;
  }

  private Future<MetricsServer> bind(MetricsOptions options) {
    server.connectionHandler(this::connected);
    server.requestHandler(this::handle);
    return server
        .listen()
        .map(this)
        .recover(
            failure ->
                vertx
                    .executeBlocking(this::closeRegistry)
                    .transform(
                        closed ->
                            Future.failedFuture(
                                new IllegalStateException(
                                    "metrics.port %d on %s: %s"
                                        .formatted(
                                            options.port(), options.bind(), failure.getMessage()),
                                    failure))));
  }

  private void connected(HttpConnection connection) {
    if (timers.size() >= MOST_CONNECTIONS) {
      connection.close();
      return;
    }
    awaitRequest(connection);
    connection.closeHandler(closed -> cancel(timers.remove(connection)));
  }

  /** No byte puts that off: a request that comes slowly would keep others out for ever. */
  private void awaitRequest(HttpConnection connection) {
    cancel(timers.put(connection, vertx.setTimer(requestMillis, late -> connection.close())));
  }

  private void cancel(@Nullable Long timer) {
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }

  private void handle(HttpServerRequest request) {
    if (timers.containsKey(request.connection())) { // else it is closed already
      awaitRequest(request.connection());
    }
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      request.response().putHeader("allow", "GET, HEAD");
      answer(request, 405, "text/plain", "only GET and HEAD\n");
      return;
    }
    switch (String.valueOf(request.path())) {
      case "/metrics" -> metrics(request);
      case "/health/live" -> health(request, true);
      case "/health/ready" -> health(request, ready.getAsBoolean());
      default ->
          answer(
              request, 404, "text/plain", "there are /metrics, /health/live and /health/ready\n");
    }
  }

  private void metrics(HttpServerRequest request) {
    scrape()
        .onSuccess(text -> answer(request, 200, "text/plain; version=0.0.4; charset=utf-8", text))
        .onFailure(
            failure -> {
              LOG.error("The metrics could not be read", failure);
              answer(request, 503, "text/plain", "the broker does not answer\n");
            });
  }

  private Future<String> scrape() {
    Future<String> current = scraping;
    if (current == null) {
      current =
          ask()
              .compose(
                  now ->
                      context.executeBlocking(
                          () -> registry.scrape(now, PartMetrics.read(vertx)),
                          /* ordered= */ false));
      scraping = current;
      current.onComplete(done -> scraping = null);
    }
    return current;
  }

  private void health(HttpServerRequest request, boolean good) {
    if (!good) {
      answer(request, 503, "application/json", "{\"status\":\"DOWN\"}\n");
      return;
    }
    ask()
        .onSuccess(now -> answer(request, 200, "application/json", "{\"status\":\"UP\"}\n"))
        .onFailure(
            failure -> {
              LOG.error("An event loop does not answer", failure);
              answer(request, 503, "application/json", "{\"status\":\"DOWN\"}\n");
            });
  }

  /**
   * The answer comes on this event loop, whichever gave it; whoever asks meanwhile gets the same.
   */
  private Future<Readings> ask() {
    Future<Readings> current = asking;
    if (current == null) {
      current = askAnew();
      asking = current;
      current.onComplete(done -> asking = null);
    }
    return current;
  }

  private Future<Readings> askAnew() {
    Promise<Readings> answer = Promise.promise();
    long timer =
        vertx.setTimer(
            ANSWER_MILLIS, late -> answer.tryFail("no answer in " + ANSWER_MILLIS + " ms"));
    broker
        .get()
        .onComplete(
            outcome ->
                context.runOnContext(
                    ignored -> {
                      vertx.cancelTimer(timer);
                      if (outcome.succeeded()) {
                        answer.tryComplete(outcome.result());
                      } else {
                        answer.tryFail(outcome.cause());
                      }
                    }));
    return answer.future();
  }

  private static void answer(HttpServerRequest request, int status, String type, String text) {
    HttpServerResponse response = request.response();
    if (response.closed()) {
      return;
    }
    response
        .setStatusCode(status)
        .putHeader("content-type", type)
        .putHeader("cache-control", "no-store")
        .putHeader("x-content-type-options", "nosniff");
    if (request.method().equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      response.end(text);
    }
  }
}
