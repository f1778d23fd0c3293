package io.culvert.rpc.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.RpcException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What holds whatever the network does. */
class ExchangePropertyTest {
  /**
   * Many calls over a network that loses, repeats and reorders: each ends once, with its own answer
   * or in time; none is executed twice.
   */
  @Property(tries = 200)
  void eachCallEndsOnceAndIsExecutedAtMostOnce(@ForAll long seed) {
    Random random = new Random(seed);
    Pair pair =
        new Pair(
            RequesterOptions.of("me").withReplyTopic("gf_int_v1/reply/me"),
            ResponderOptions.of(Pair.DEVICE),
            seed);
    pair.network(random.nextDouble() * 0.5, random.nextDouble(), 1 + random.nextInt(300));
    Map<RequestId, Integer> bodies = new HashMap<>();
    for (int i = 0; i < 50; i++) {
      Method method = Method.values()[random.nextInt(4)];
      Call call = Call.of(Pair.DEVICE, "axuv", method, "echo", i);
      if (random.nextBoolean()) {
        call = call.withReplyTopic().withRetryMillis(100);
      }
      bodies.put(pair.call(call.withTimeoutMillis(2000)), i);
      pair.clock.advance(random.nextInt(50));
    }
    pair.clock.advance(10_000);
    assertThat(pair.ended.keySet()).isEqualTo(bodies.keySet());
    bodies.forEach(
        (call, body) -> {
          if (pair.ended.get(call) instanceof RequesterEvent.Answered answered) {
            assertThat(answered.response().body()).isEqualTo(body);
          } else {
            assertThat(pair.failed(call)).isInstanceOf(RpcException.GatewayTimeout.class);
          }
        });
    assertThat(pair.executed).doesNotHaveDuplicates();
    assertThat(pair.executed)
        .extracting(invocation -> invocation.request().requestId())
        .doesNotHaveDuplicates();
    pair.clock.advance(2 * ResponderLimits.EXCHANGE_LIFETIME_MILLIS);
    assertThat(pair.responder.remembered()).isZero();
    assertThat(pair.requester.pendingCalls()).isZero();
  }

  @Property(tries = 500)
  void garbageHarmsNobody(@ForAll byte[] garbage, @ForAll String text) {
    Pair pair = Pair.create();
    RequestId call = pair.call(Call.of(Pair.DEVICE, "axuv", Method.GET, "echo", 1));
    for (Bytes payload : List.of(Bytes.wrap(garbage), Bytes.utf8(text.replace('\0', ' ')))) {
      for (String topic :
          List.of(
              "gf_int_v1/axuv/request/" + Pair.DEVICE + "/x",
              "gf_int_v1/axuv/response/" + Pair.DEVICE + "/x",
              text)) {
        pair.responder.receive(RpcMessage.of(topic, payload), pair.clock.nowMillis());
        pair.requester.receive(RpcMessage.of(topic, payload), pair.clock.nowMillis());
      }
    }
    pair.work();
    pair.clock.advance(100);
    assertThat(pair.answered(call).body()).isEqualTo(1);
  }
}
