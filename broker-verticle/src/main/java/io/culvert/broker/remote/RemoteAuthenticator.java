package io.culvert.broker.remote;

import io.culvert.broker.auth.Authenticator;
import io.culvert.broker.auth.LoginRequest;
import io.culvert.broker.auth.Verdict;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks somebody else about clients, in JSON. Answers are remembered for a while, under a keyed hash
 * of the question.
 */
public final class RemoteAuthenticator implements Authenticator {
  private final Function<JsonObject, Future<JsonObject>> other;
  private final AnswerCache cache;
  private final Runnable close;

  private RemoteAuthenticator(
      Function<JsonObject, Future<JsonObject>> other, AnswerCache cache, Runnable close) {
    this.other = other;
    this.cache = cache;
    this.close = close;
  }

  /**
   * Asks a server by POST.
   *
   * @param cached answers that are remembered
   * @param cacheMillis for how long; 0 remembers none
   */
  public static RemoteAuthenticator http(
      Vertx vertx, RemoteOptions options, int cached, long cacheMillis) {
    JsonServer server = new JsonServer(vertx, options);
    return new RemoteAuthenticator(
        server::post, new AnswerCache(cached, cacheMillis, System::nanoTime), server::close);
  }

  /**
   * Asks a consumer of the event bus, on this or another node.
   *
   * @param timeoutMillis for its reply
   */
  public static RemoteAuthenticator eventBus(Vertx vertx, String address, long timeoutMillis) {
    DeliveryOptions options = new DeliveryOptions().setSendTimeout(timeoutMillis);
    return new RemoteAuthenticator(
        question ->
            vertx
                .eventBus()
                .<JsonObject>request(address, question, options)
                .map(reply -> reply.body()),
        new AnswerCache(0, 0, System::nanoTime),
        () -> {});
  }

  @Override
  public @Nullable Verdict atOnce(LoginRequest request) {
    JsonObject known = cache.find(request);
    return known == null ? null : Answers.verdict(known, request);
  }

  @Override
  public Future<Verdict> authenticate(LoginRequest request) {
    return other
        .apply(Questions.about(request))
        .map(
            answer -> {
              Verdict verdict = Answers.verdict(answer, request); // throws for what is none
              cache.put(request, answer);
              return verdict;
            });
  }

  /** Asks nobody any more. */
  public void close() {
    close.run();
  }
}
