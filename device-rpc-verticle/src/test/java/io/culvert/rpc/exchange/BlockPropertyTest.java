package io.culvert.rpc.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.rpc.protocol.Block;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.rpc.protocol.RpcOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Bodies of any size in blocks of any size, over a network that loses and repeats. */
class BlockPropertyTest {
  private static final int TIMEOUT_MILLIS = 1_000_000;

  @Property(tries = 300)
  void bodiesGoThereAndBackWhole(
      @ForAll long seed,
      @ForAll @IntRange(max = 3000) int length,
      @ForAll @IntRange(min = 16, max = 700) int asked,
      @ForAll @IntRange(min = 16, max = 700) int answered,
      @ForAll Method method) {
    Pair pair = pair(seed, asked, answered, 1 << 20);
    pair.network(0.2, 0.2, 50);
    String body = text(length);
    RequestId call = pair.call(call(method, body));
    pair.clock.advance(TIMEOUT_MILLIS);
    assertThat(pair.answered(call).body()).isEqualTo(body);
    assertThat(pair.answered(call).requestId()).isEqualTo(call);
    if (method != Method.GET) {
      assertThat(pair.executed).hasSize(1);
    }
    assertThat(pair.executed).allMatch(invocation -> body.equals(invocation.body()));
    assertThat(pair.requester.pendingCalls()).isZero();
  }

  /** What is read is one state, never a mixture of two. */
  @Property(tries = 200)
  void answerIsOfOneState(
      @ForAll long seed, @ForAll @IntRange(min = 16, max = 200) int blockBytes) {
    Pair pair = pair(seed, 1024, blockBytes, 1 << 20);
    pair.network(0.1, 0.1, 20);
    int[] version = {0};
    pair.device = invocation -> Answer.content(("v" + version[0] % 10).repeat(300));
    RequestId call = pair.call(call(Method.GET, null));
    for (int i = 0; i < 20; i++) {
      pair.clock.advance(30);
      version[0]++;
    }
    pair.clock.advance(TIMEOUT_MILLIS);
    String body = (String) pair.answered(call).body();
    assertThat(body).isEqualTo(body.substring(0, 2).repeat(300));
  }

  @Test
  void structuredBodiesAreTheSameInBlocks() {
    Pair pair = pair(1, 32, 48, 1 << 20);
    Map<String, Object> body = new HashMap<>();
    body.put("numbers", List.of(1, 2.5, 10_000_000_000L, "größe", true));
    body.put("nothing", null);
    RequestId call = pair.call(call(Method.PUT, body));
    pair.clock.advance(1000);
    assertThat(pair.answered(call).body()).isEqualTo(body);
    assertThat(pair.executed.get(0).body()).isEqualTo(body);
  }

  @Test
  void bodyBeyondTheLimitIsRefusedAndNotExecuted() {
    Pair pair = pair(1, 64, 64, 1000);
    RequestId call = pair.call(call(Method.PUT, text(2000)));
    pair.clock.advance(TIMEOUT_MILLIS);
    assertThat(pair.failed(call)).isInstanceOf(RpcException.RequestEntityTooLarge.class);
    assertThat(pair.executed).isEmpty();
    assertThat(pair.responder.transfers()).isZero();
  }

  @Test
  void answerBeyondTheLimitOfTheResponderIsAnError() {
    Pair pair = pair(1, 64, 64, 1000);
    pair.device = invocation -> Answer.content(text(2000));
    RequestId call = pair.call(call(Method.GET, null));
    pair.clock.advance(TIMEOUT_MILLIS);
    assertThat(pair.failed(call)).isInstanceOf(RpcException.InternalServerError.class);
  }

  @Test
  void answerBeyondTheLimitOfTheRequesterIsRefused() {
    Pair pair =
        new Pair(
            RequesterOptions.of("me").withReplyTopic("gf_int_v1/reply/me").withBlocks(64, 1000),
            ResponderOptions.of(Pair.DEVICE)
                .withLimits(ResponderLimits.DEFAULT.withBlocks(64, 1 << 20, 16)),
            1);
    pair.device = invocation -> Answer.content(text(2000));
    RequestId call = pair.call(call(Method.GET, null));
    pair.clock.advance(1000);
    assertThat(pair.failed(call)).isInstanceOf(RpcException.RequestEntityTooLarge.class);
  }

  @Test
  void blockFarBehindTheEndIsABadRequest() {
    Pair pair = pair(1, 64, 16, 1 << 20);
    Block last = new Block(Block.MAXIMUM_NUMBER, false, Block.LARGEST_SIZE_BYTES);
    RequestId call =
        pair.call(
            Call.of(Pair.DEVICE, "axuv", Method.GET, "large", text(100))
                .withOptions(RpcOptions.NONE.withBlock2(last)));
    pair.clock.advance(100);
    assertThat(pair.failed(call)).isInstanceOf(RpcException.BadRequest.class);
  }

  @Test
  void answersThatTakeTooMuchTogetherAreRefusedAndLeaveTheirRoomToOthers() {
    Pair pair =
        new Pair(
            RequesterOptions.of("me").withReplyTopic("gf_int_v1/reply/me").withBlocks(64, 1000),
            ResponderOptions.of(Pair.DEVICE)
                .withLimits(ResponderLimits.DEFAULT.withBlocks(64, 1 << 20, 16)),
            1);
    pair.device = invocation -> Answer.content(text(990));
    for (int i = 0; i < 6; i++) {
      pair.call(call(Method.GET, null));
    }
    pair.clock.advance(TIMEOUT_MILLIS);
    assertThat(pair.ended).hasSize(6);
    assertThat(pair.ended.values())
        .filteredOn(RequesterEvent.Failed.class::isInstance)
        .hasSize(2)
        .allMatch(
            failed ->
                ((RequesterEvent.Failed) failed).exception() instanceof RpcException.BadGateway);
    RequestId later = pair.call(call(Method.GET, null));
    pair.clock.advance(1000);
    assertThat(pair.answered(later).body()).isEqualTo(text(990));
  }

  @Test
  void transferThatIsLeftIsForgotten() {
    Pair pair = pair(1, 64, 64, 1 << 20);
    pair.device = invocation -> Answer.content(text(500));
    RequestId call = pair.call(call(Method.GET, null));
    pair.clock.advance(3);
    pair.requester.cancel(call, pair.clock.nowMillis());
    assertThat(pair.responder.transfers()).isEqualTo(1);
    pair.clock.advance(ResponderLimits.EXCHANGE_LIFETIME_MILLIS + 10);
    pair.work();
    assertThat(pair.responder.transfers()).isZero();
  }

  @Test
  void moreTransfersThanMayBeAreRefused() {
    Pair pair =
        new Pair(
            RequesterOptions.of("me").withReplyTopic("gf_int_v1/reply/me").withBlocks(64, 1 << 20),
            ResponderOptions.of(Pair.DEVICE)
                .withLimits(ResponderLimits.DEFAULT.withBlocks(64, 1 << 20, 1)),
            1);
    RequestId first = pair.call(call(Method.PUT, text(1000)));
    RequestId second = pair.call(call(Method.PUT, text(1000)));
    pair.clock.advance(TIMEOUT_MILLIS);
    assertThat(pair.failed(second)).isInstanceOf(RpcException.TooManyRequests.class);
    assertThat(pair.answered(first).isSuccess()).isTrue();
  }

  @Test
  void plainPeerGetsEverythingInOne() {
    Pair pair = pair(1, 64, 64, 1 << 20);
    RequestId call = pair.call(Call.of(Pair.DEVICE, "axuv", Method.PUT, "large", text(5000)));
    pair.clock.advance(100);
    assertThat(pair.answered(call).body()).isEqualTo(text(5000));
    assertThat(pair.published).hasSize(2);
  }

  @Test
  void blockNumbersHaveTwentyBits() {
    assertThat(new Block(Block.MAXIMUM_NUMBER, false, 16).offset()).isEqualTo(16L * 0xfffff);
  }

  private static Pair pair(long seed, int asked, int answered, int bodyBytes) {
    return new Pair(
        RequesterOptions.of("me").withReplyTopic("gf_int_v1/reply/me").withBlocks(asked, 1 << 20),
        ResponderOptions.of(Pair.DEVICE)
            .withLimits(ResponderLimits.DEFAULT.withBlocks(answered, bodyBytes, 16)),
        seed);
  }

  private static Call call(Method method, Object body) {
    return Call.of(Pair.DEVICE, "axuv", method, "large", body)
        .withReplyTopic()
        .withTimeoutMillis(TIMEOUT_MILLIS)
        .withRetryMillis(200);
  }

  private static String text(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + i * 7 % 26));
    }
    return text.toString();
  }
}
