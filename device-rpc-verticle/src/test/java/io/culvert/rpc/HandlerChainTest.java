package io.culvert.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.rpc.protocol.Timestamp;
import io.culvert.runtime.driver.Shard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** In which order handlers see a payload, and what stops it. */
class HandlerChainTest {
  private final Vertx vertx = Vertx.vertx();
  private final Loop loop = new Loop(Shard.currentOrNew(vertx));
  private final HandlerChain chain = HandlerChain.withoutFailures(loop);

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void whatOneReturnsIsWhatTheNextOneGets() throws Exception {
    chain.add(appending("one"));
    chain.add(RpcHandler.of((topic, payload) -> Future.succeededFuture(null)));
    chain.add(appending("two"));
    assertOutcome(run(chain), "start one two", false);
  }

  @Test
  void behindOneThatDoesNotPropagateNobodyIsCalled() throws Exception {
    chain.add(appending("one").withPropagate(false));
    chain.add(appending("two"));
    assertOutcome(run(chain), "start one", true);
  }

  @Test
  void oneThatDoesNotWantThePayloadDoesNotStopIt() throws Exception {
    chain.add(appending("one").forCodes(404).withPropagate(false));
    chain.add(appending("two"));
    assertOutcome(run(chain), "start two", false);
  }

  @Test
  void whatOneThrowsFailsUnlessItDoesNotRaise() throws Exception {
    RpcHandler wrong =
        RpcHandler.of(
            (topic, payload) -> {
              throw new IllegalStateException("wrong");
            });
    chain.add(wrong.withRaiseExceptions(false));
    chain.add(appending("two"));
    assertOutcome(run(chain), "start two", false);
    chain.add(wrong);
    assertThat(failure(chain)).hasMessage("wrong");
  }

  @Test
  void aFailureIsRaisedBeforeTheHandlerIsCalledUnlessOneBeforeHasAcceptedIt() throws Exception {
    RpcException notFound =
        RpcException.of(ResponseCode.NOT_FOUND, "not here", "", null, null, null);
    HandlerChain failing = new HandlerChain(loop, (topic, payload) -> notFound);
    RpcHandler raising = appending("raising");
    failing.add(raising);
    assertThat(failure(failing)).isSameAs(notFound);
    assertThat(failing.remove(raising)).isTrue();
    failing.add(appending("accepting").withRaiseExceptions(false));
    failing.add(raising);
    HandlerChain.Outcome outcome = run(failing);
    assertOutcome(outcome, "start accepting raising", false);
    assertThat(outcome.accepted()).isTrue();
  }

  private static RpcHandler appending(String word) {
    return RpcHandler.of(
        (topic, payload) ->
            Future.succeededFuture(
                new Payload.General(
                    ((Payload.General) payload).body() + " " + word, Timestamp.ofMillis(1))));
  }

  private static HandlerChain.Outcome run(HandlerChain handlers) throws Exception {
    return started(handlers).await(10, TimeUnit.SECONDS);
  }

  private static Throwable failure(HandlerChain handlers) throws Exception {
    return started(handlers)
        .<Throwable>map(outcome -> new AssertionError("no failure but " + outcome))
        .recover(Future::succeededFuture)
        .await(10, TimeUnit.SECONDS);
  }

  private static Future<HandlerChain.Outcome> started(HandlerChain handlers) {
    return handlers.run("topic", new Payload.General("start", Timestamp.ofMillis(1)));
  }

  private static void assertOutcome(HandlerChain.Outcome outcome, String body, boolean stopped) {
    assertThat(((Payload.General) outcome.payload()).body()).isEqualTo(body);
    assertThat(outcome.stopped()).isEqualTo(stopped);
  }
}
