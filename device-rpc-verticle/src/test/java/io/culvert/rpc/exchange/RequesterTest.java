package io.culvert.rpc.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload.General;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.Payload.Response;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.rpc.protocol.RpcOptions;
import io.culvert.rpc.protocol.RpcTopic;
import io.culvert.rpc.protocol.Timestamp;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One who asks, and whatever may come back. */
class RequesterTest {
  private static final Call GET = Call.of("dev", "axuv", Method.GET, "gains", null);

  private final List<RequestId> ids =
      new ArrayList<>(
          List.of(
              new RequestId("16fd2706-8baf-433b-82eb-8c7fada847da"),
              new RequestId("00000000-8baf-433b-82eb-8c7fada847da"),
              new RequestId("11111111-8baf-433b-82eb-8c7fada847da")));

  private final Requester requester = new Requester(RequesterOptions.of("me"), () -> ids.remove(0));

  @Test
  void plainRequestHasTheBytesOfTheReference() {
    requester.call(GET.withToken("t").withCorrelationId("c"), 1745534869619L);
    RpcMessage message = ((RequesterEvent.Send) requester.poll()).message();
    assertThat(message.topic())
        .isEqualTo("gf_int_v1/axuv/request/dev/16fd2706-8baf-433b-82eb-8c7fada847da");
    assertThat(new String(message.payload().toByteArray(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"timestamp\":1745534869619,\"body\":null,\"header\":{\"request_id\":"
                + "\"16fd2706-8baf-433b-82eb-8c7fada847da\",\"path\":\"gains\",\"correlation_id\":\"c\","
                + "\"source\":\"me\",\"token\":\"t\",\"method\":\"GET\"}}");
    assertThat(message.qos()).isZero();
    assertThat(message.responseTopic()).isNull();
    assertThat(message.expirySeconds()).isEqualTo(5);
    assertThat(requester.poll()).isNull();
  }

  @Test
  void firstAnswerCountsAndLaterOnesAreNobodys() {
    RequestId call = begin(GET);
    assertThat(receive(call, 205, "first")).isTrue();
    assertThat(receive(call, 404, "second")).isFalse();
    assertThat(requester.poll())
        .isInstanceOfSatisfying(
            RequesterEvent.Answered.class,
            answered -> assertThat(answered.response().body()).isEqualTo("first"));
    assertThat(requester.poll()).isNull();
    assertThat(requester.pendingCalls()).isZero();
  }

  @Test
  void answerThatSaysSoFailsTheCallWithItsType() {
    RequestId call = begin(GET);
    receive(call, 404, "no gains");
    RpcException exception = ((RequesterEvent.Failed) requester.poll()).exception();
    assertThat(exception).isInstanceOf(RpcException.NotFound.class);
    assertThat(exception.detail()).isEqualTo("no gains");
    assertThat(exception.target()).isEqualTo("dev");
    assertThat(exception.source()).isEqualTo("me");
    assertThat(exception.requestId()).isEqualTo(call);
    assertThat(exception.response()).isNotNull();
  }

  @Test
  void codeThatIsNotDefinedIsAFailureAndNothingElse() {
    RequestId call = begin(GET);
    receive(call, 299, null);
    assertThat(((RequesterEvent.Failed) requester.poll()).exception())
        .isInstanceOf(RpcException.Undefined.class);
    RequestId next = begin(GET);
    assertThat(receive(next, 205, 1)).isTrue();
  }

  /** The reference accepts it, too. */
  @Test
  void answerNeedsNoMoreThanIdAndCode() {
    RequestId call = begin(GET);
    RpcMessage message =
        RpcMessage.of(
            answerTopic(call),
            Bytes.utf8("{\"header\":{\"response_code\":205,\"request_id\":\"" + call + "\"}}"));
    assertThat(requester.receive(message, 1)).isTrue();
    assertThat(requester.poll()).isInstanceOf(RequesterEvent.Answered.class);
  }

  @Test
  void ownRequestIsNoAnswer() {
    RequestId call = begin(GET.withTimeoutMillis(100));
    Request echo = new Request(Header.of(call, "gains"), Method.GET, null, Timestamp.ofMillis(1));
    assertThat(
            requester.receive(
                RpcMessage.of(answerTopic(call), PayloadCodec.DEFAULT.encode(echo)), 1))
        .isFalse();
    assertThat(
            requester.receive(
                RpcMessage.of(
                    "gf_int_v1/axuv/request/dev/" + call,
                    PayloadCodec.DEFAULT.encode(
                        new Response(Header.of(call, ""), 205, null, Timestamp.ofMillis(1)))),
                1))
        .isFalse();
    assertThat(
            requester.receive(
                RpcMessage.of(
                    answerTopic(call),
                    PayloadCodec.DEFAULT.encode(new General(1, Timestamp.ofMillis(1)))),
                1))
        .isFalse();
    assertThat(requester.pendingCalls()).isEqualTo(1);
  }

  @Test
  void answerThatIsNoneEndsItsCallOnly() {
    RequestId call = begin(GET);
    RequestId other = begin(GET);
    for (String bad : List.of("5", "null", "{\"header\":null}", "[", "")) {
      assertThat(
              requester.receive(
                  RpcMessage.of("gf_int_v1/axuv/response/dev/no-id", Bytes.utf8(bad)), 1))
          .isFalse();
    }
    assertThat(requester.receive(RpcMessage.of(answerTopic(call), Bytes.utf8("5")), 1)).isTrue();
    RequesterEvent.Failed failed = (RequesterEvent.Failed) requester.poll();
    assertThat(failed.call()).isEqualTo(call);
    assertThat(failed.exception()).isInstanceOf(RpcException.BadGateway.class);
    assertThat(receive(other, 205, null)).isTrue();
  }

  @Test
  void callWithoutAnswerTimesOutAndNotBefore() {
    RequestId call = begin(GET.withTimeoutMillis(1500));
    assertThat(requester.deadlineMillis()).isLessThanOrEqualTo(1501);
    requester.timeout(1500);
    assertThat(requester.poll()).isNull();
    requester.timeout(1501);
    RpcException exception = ((RequesterEvent.Failed) requester.poll()).exception();
    assertThat(exception).isInstanceOf(RpcException.GatewayTimeout.class);
    assertThat(exception.detail()).isEqualTo("Request timed out after 1.5 seconds");
    assertThat(exception.requestId()).isEqualTo(call);
    assertThat(receive(call, 205, null)).isFalse();
  }

  @Test
  void idempotentRequestGoesAgainUnderTheSameIdWithWhatIsLeftOfItsTime() {
    RequestId call =
        begin(GET.withOptions(RpcOptions.NONE).withTimeoutMillis(5000).withRetryMillis(2000));
    requester.timeout(2001);
    RequesterEvent.Send again = (RequesterEvent.Send) requester.poll();
    assertThat(again.call()).isEqualTo(call);
    assertThat(again.message().expirySeconds()).isEqualTo(3);
    Request request = (Request) PayloadCodec.DEFAULT.decode(again.message().payload());
    assertThat(request.requestId()).isEqualTo(call);
    assertThat(request.header().options().expiresMillis()).isEqualTo(3000);
    requester.timeout(4001);
    assertThat(requester.poll()).isInstanceOf(RequesterEvent.Send.class);
    requester.timeout(5001);
    assertThat(requester.poll()).isInstanceOf(RequesterEvent.Failed.class);
  }

  @Test
  void otherRequestsGoOnce() {
    begin(Call.of("dev", "axuv", Method.POST, "create", 1).withRetryMillis(100));
    requester.timeout(4000);
    assertThat(requester.poll()).isNull();
  }

  @Test
  void callBeyondTheLimitFailsAtOnce() {
    Requester small =
        new Requester(RequesterOptions.of("me").withMaximumCalls(1), () -> ids.remove(0));
    small.call(GET, 1);
    RequestId second = small.call(GET, 1);
    assertThat(small.poll()).isInstanceOf(RequesterEvent.Send.class);
    RequesterEvent.Failed failed = (RequesterEvent.Failed) small.poll();
    assertThat(failed.call()).isEqualTo(second);
    assertThat(failed.exception()).isInstanceOf(RpcException.TooManyRequests.class);
  }

  @Test
  void answerToItsOwnTopicIsAskedForOnlyWhereThePeerKnowsThat() {
    Requester own =
        new Requester(
            RequesterOptions.of("me").withReplyTopic("gf_int_v1/reply/me"), () -> ids.remove(0));
    RequestId call = own.call(GET.withReplyTopic(), 1);
    RpcMessage message = ((RequesterEvent.Send) own.poll()).message();
    assertThat(message.responseTopic()).isEqualTo("gf_int_v1/reply/me");
    assertThat(message.correlationData()).isEqualTo(Bytes.utf8(call.text()));
    Request request = (Request) PayloadCodec.DEFAULT.decode(message.payload());
    assertThat(request.header().options().replyTo()).isEqualTo("gf_int_v1/reply/me");
    assertThat(own.receive(RpcMessage.of("gf_int_v1/reply/me", answer(call, 205, 1)), 2)).isTrue();
    assertThatThrownBy(() -> requester.call(GET.withReplyTopic(), 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void targetThatIsNoLevelIsRefusedBeforeAnythingIsSent() {
    assertThatThrownBy(() -> requester.call(Call.of("a/b", "s", Method.GET, "p", null), 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(requester.pendingCalls()).isZero();
    assertThat(requester.poll()).isNull();
  }

  private RequestId begin(Call call) {
    RequestId id = requester.call(call, 1);
    assertThat(requester.poll()).isInstanceOf(RequesterEvent.Send.class);
    return id;
  }

  private boolean receive(RequestId call, int code, Object body) {
    return requester.receive(RpcMessage.of(answerTopic(call), answer(call, code, body)), 2);
  }

  private static Bytes answer(RequestId call, int code, Object body) {
    return PayloadCodec.DEFAULT.encode(
        new Response(Header.of(call, "gains"), code, body, Timestamp.ofMillis(2)));
  }

  private static String answerTopic(RequestId call) {
    return RpcTopic.request("gf_int_v1", "axuv", "dev", call).response().text();
  }
}
