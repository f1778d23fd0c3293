package io.culvert.rpc.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.Payload.Response;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcOptions;
import io.culvert.rpc.protocol.Timestamp;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** One who answers, and whatever may come. */
class ResponderTest {
  private static final RequestId ID = new RequestId("16fd2706-8baf-433b-82eb-8c7fada847da");
  private static final String TOPIC = "gf_int_v1/axuv/request/dev/" + ID;

  private Responder responder = new Responder(ResponderOptions.of("dev"));

  @Test
  void plainAnswerSaysNothingThatThePlainProtocolDoesNotKnow() {
    Invocation invocation = receive(TOPIC, request(ID, Method.GET, null));
    assertThat(invocation.path()).isEqualTo("gains");
    responder.answer(invocation.number(), Answer.content(List.of(1, 2)).withMaxAgeSeconds(60), 2);
    RpcMessage message = send();
    assertThat(message.topic()).isEqualTo("gf_int_v1/axuv/response/dev/" + ID);
    assertThat(new String(message.payload().toByteArray()))
        .isEqualTo(
            "{\"timestamp\":2,\"body\":[1,2],\"header\":{\"request_id\":\""
                + ID
                + "\",\"path\":\"gains\",\"correlation_id\":\"c\",\"source\":\"dev\",\"token\":null,"
                + "\"response_code\":205}}");
  }

  @Test
  void codesBeyondThePlainOnesGoToThoseOnlyThatHaveOptedIn() {
    Invocation plain = receive(TOPIC, request(ID, Method.GET, null));
    responder.answer(plain.number(), Answer.failure(ResponseCode.CONFLICT, "busy"), 2);
    assertThat(response(send()).responseCode()).isEqualTo(412);

    RequestId other = RequestId.of(new UUID(1, 2));
    Invocation beyond = receive(TOPIC, request(other, Method.GET, RpcOptions.NONE));
    responder.answer(beyond.number(), Answer.failure(ResponseCode.CONFLICT, "busy"), 2);
    assertThat(response(send()).responseCode()).isEqualTo(409);
  }

  @Test
  void locationOfWhatWasCreatedIsInTheHeader() {
    Invocation invocation = receive(TOPIC, request(ID, Method.POST, null));
    responder.answer(invocation.number(), Answer.created("resources/0"), 2);
    assertThat(response(send()).location()).isEqualTo("resources/0");
  }

  @Test
  void whoAsksAgainGetsTheSameAnswer() {
    Invocation invocation = receive(TOPIC, request(ID, Method.POST, null));
    assertThat(receive(TOPIC, request(ID, Method.POST, null))).isNull();
    responder.answer(invocation.number(), Answer.content(1), 5);
    RpcMessage first = send();
    assertThat(receive(TOPIC, request(ID, Method.POST, null))).isNull();
    assertThat(send()).isEqualTo(first);
    responder.answer(invocation.number(), Answer.content(2), 6);
    assertThat(responder.poll()).isNull();
  }

  @Test
  void whoAsksAgainFromSomewhereElseGetsItThere() {
    Request request = request(ID, Method.POST, RpcOptions.NONE);
    Invocation invocation = receive(from("gf_int_v1/axuv/response/dev/before", request, 1), 1);
    assertThat(receive(from("gf_int_v1/axuv/response/dev/now", request, 9), 500)).isNull();
    responder.answer(invocation.number(), Answer.content(1), 2_000);
    RpcMessage other =
        send(); // the first one has waited for a second only, and waits with both now
    assertThat(other.topic()).isEqualTo("gf_int_v1/axuv/response/dev/before");
    RpcMessage now = send();
    assertThat(now.topic()).isEqualTo("gf_int_v1/axuv/response/dev/now");
    assertThat(now.correlationData()).isEqualTo(Bytes.utf8("gf_int_v1/axuv/response/dev/now"));
    assertThat(now.expirySeconds()).isEqualTo(8);
    assertThat(now.payload()).isEqualTo(other.payload());
    assertThat(receive(from("gf_int_v1/axuv/response/dev/later", request, 5), 3_000)).isNull();
    RpcMessage later = send();
    assertThat(later.topic()).isEqualTo("gf_int_v1/axuv/response/dev/later");
    assertThat(later.payload()).isEqualTo(other.payload());
    assertThat(later.expirySeconds()).isEqualTo(5);
  }

  @Test
  void sameIdOfAnotherSourceIsAnotherRequest() {
    receive(TOPIC, request(ID, Method.POST, null));
    Request other = request(ID, Method.POST, null);
    assertThat(receive(TOPIC, other.withHeader(other.header().withSource("you")))).isNotNull();
  }

  @Test
  void answerIsForgottenAfterTheLifetimeOfAnExchange() {
    Invocation invocation = receive(TOPIC, request(ID, Method.POST, null));
    responder.answer(invocation.number(), Answer.content(1), 5);
    send();
    responder.timeout(ResponderLimits.EXCHANGE_LIFETIME_MILLIS);
    assertThat(responder.remembered()).isEqualTo(1);
    responder.timeout(ResponderLimits.EXCHANGE_LIFETIME_MILLIS + 1);
    assertThat(responder.remembered()).isZero();
  }

  @Test
  void nobodyIsAnsweredAfterTheDeadline() {
    Invocation invocation =
        receive(TOPIC, request(ID, Method.PUT, RpcOptions.NONE.withExpiresMillis(1000L)));
    assertThat(invocation.deadlineMillis()).isEqualTo(1001);
    responder.timeout(1000);
    assertThat(responder.poll()).isNull();
    responder.timeout(1001);
    assertThat(responder.poll()).isEqualTo(new ResponderEvent.Expired(invocation));
    responder.answer(invocation.number(), Answer.changed(), 1002);
    assertThat(responder.poll()).isNull();
    // Who asks again gets it.
    assertThat(receive(TOPIC, request(ID, Method.PUT, RpcOptions.NONE))).isNull();
    assertThat(response(send()).responseCode()).isEqualTo(204);
  }

  @Test
  void answerTellsWhatIsLeftOfTheTime() {
    Invocation invocation =
        receive(TOPIC, request(ID, Method.PUT, RpcOptions.NONE.withExpiresMillis(10_000L)));
    responder.answer(invocation.number(), Answer.changed(), 4001);
    RpcMessage message = send();
    assertThat(message.expirySeconds()).isEqualTo(6);
    assertThat(response(message).header().options().expiresMillis()).isEqualTo(6000);
  }

  @Test
  void whatTheBrokerHasSubtractedCounts() {
    RpcMessage message =
        new RpcMessage(
            TOPIC,
            PayloadCodec.DEFAULT.encode(
                request(ID, Method.PUT, RpcOptions.NONE.withExpiresMillis(10_000L))),
            1,
            3L,
            null,
            null);
    responder.receive(message, 1);
    assertThat(((ResponderEvent.Execute) responder.poll()).invocation().deadlineMillis())
        .isEqualTo(3001);
  }

  @Test
  void answerGoesToTheResponseTopicWithItsCorrelationData() {
    Bytes correlation = Bytes.utf8("c-7");
    responder.receive(
        new RpcMessage(
            TOPIC,
            PayloadCodec.DEFAULT.encode(request(ID, Method.GET, null)),
            1,
            null,
            "gf_int_v1/reply/me",
            correlation),
        1);
    Invocation invocation = ((ResponderEvent.Execute) responder.poll()).invocation();
    responder.answer(invocation.number(), Answer.content(1), 2);
    RpcMessage message = send();
    assertThat(message.topic()).isEqualTo("gf_int_v1/reply/me");
    assertThat(message.correlationData()).isEqualTo(correlation);
    assertThat(message.qos()).isEqualTo(1);
  }

  @Test
  void requesterCannotMakeItPublishAnywhere() {
    for (String topic :
        List.of("other/reply", "gf_int_v1/+/x", "gf_int_v1/s/request/other/" + ID, "$SYS/x")) {
      responder = new Responder(ResponderOptions.of("dev"));
      responder.receive(
          new RpcMessage(
              TOPIC,
              PayloadCodec.DEFAULT.encode(request(ID, Method.GET, null)),
              0,
              null,
              topic,
              null),
          1);
      Invocation invocation = ((ResponderEvent.Execute) responder.poll()).invocation();
      responder.answer(invocation.number(), Answer.content(1), 2);
      assertThat(send().topic()).isEqualTo("gf_int_v1/axuv/response/dev/" + ID);
    }
  }

  @Test
  void whatIsNoRequestIsAnsweredWhereItsTopicHasAnId() {
    for (String bad : List.of("5", "[]", "{\"header\":{\"method\":\"PATCH\"},\"timestamp\":1}")) {
      assertThat(responder.receive(RpcMessage.of(TOPIC, Bytes.utf8(bad)), 1)).isTrue();
      assertThat(response(send()).responseCode()).isEqualTo(400);
    }
    assertThat(
            responder.receive(RpcMessage.of("gf_int_v1/axuv/request/dev/abc", Bytes.utf8("5")), 1))
        .isFalse();
    assertThat(responder.poll()).isNull();
  }

  @Test
  void tooLargeIsSaidSo() {
    responder.receive(RpcMessage.of(TOPIC, Bytes.utf8("\"" + "x".repeat(2_000_000) + "\"")), 1);
    assertThat(response(send()).responseCode()).isEqualTo(413);
  }

  @Test
  void optionThatMustBeUnderstoodAndIsNotIsABadOption() {
    Request request = request(ID, Method.GET, RpcOptions.NONE);
    Header header = request.header().with(Header.OPTIONS, Map.of("!teleport", 1));
    assertThat(receive(TOPIC, request.withHeader(header))).isNull();
    assertThat(response(send()).responseCode()).isEqualTo(402);
  }

  @Test
  void othersMessagesAreLeftAlone() {
    Bytes payload = PayloadCodec.DEFAULT.encode(request(ID, Method.GET, null));
    for (String topic :
        List.of(
            "gf_int_v1/axuv/request/other/" + ID,
            "gf_int_v1/axuv/response/dev/" + ID,
            "foreign/axuv/request/dev/" + ID,
            "gf_int_v1/axuv/request/dev")) {
      assertThat(responder.receive(RpcMessage.of(topic, payload), 1)).isFalse();
    }
    assertThat(responder.poll()).isNull();
  }

  @Test
  void groupIsAnsweredUnderTheNameThatWasAsked() {
    responder = new Responder(ResponderOptions.of("dev").withGroups(Set.of("all")));
    Invocation invocation =
        receive("gf_int_v1/axuv/request/all/" + ID, request(ID, Method.GET, null));
    responder.answer(invocation.number(), Answer.content(1), 2);
    assertThat(send().topic()).isEqualTo("gf_int_v1/axuv/response/all/" + ID);
  }

  @Test
  void answerThatNobodyWaitsForIsNotSent() {
    Invocation invocation =
        receive(TOPIC, request(ID, Method.PUT, RpcOptions.NONE.withNoResponse(2)));
    responder.answer(invocation.number(), Answer.changed(), 2);
    assertThat(responder.poll()).isNull();
    RequestId other = RequestId.of(new UUID(1, 2));
    Invocation failing =
        receive(TOPIC, request(other, Method.PUT, RpcOptions.NONE.withNoResponse(2)));
    responder.answer(failing.number(), Answer.failure(ResponseCode.NOT_FOUND, "no"), 2);
    assertThat(response(send()).responseCode()).isEqualTo(404);
  }

  @Test
  void answerThatCannotBeWrittenIsAnError() {
    Invocation invocation = receive(TOPIC, request(ID, Method.GET, null));
    responder.answer(invocation.number(), Answer.content(Double.NaN), 2);
    assertThat(response(send()).responseCode()).isEqualTo(500);
  }

  @Test
  void requestsTakeRoomWithTheirBodiesUntilTheyAreAnswered() {
    responder =
        new Responder(
            ResponderOptions.of("dev")
                .withLimits(ResponderLimits.DEFAULT.withRemembered(100, 10_000, 1000)));
    String body = "x".repeat(8000);
    Request first = request(ID, Method.PUT, null).withBody(body);
    Request second = request(RequestId.of(new UUID(1, 2)), Method.PUT, null).withBody(body);
    Invocation invocation = receive(TOPIC, first);
    assertThat(receive(TOPIC, second)).isNull();
    assertThat(response(send()).responseCode()).isEqualTo(503);
    responder.answer(invocation.number(), Answer.changed(), 2);
    send();
    assertThat(receive(TOPIC, second)).isNotNull();
  }

  @Test
  void pathThatFillsAWholePayloadIsAnswered() {
    RpcMessage message =
        RpcMessage.of(
            TOPIC,
            Bytes.utf8(
                "{\"timestamp\":1,\"header\":{\"method\":\"GET\",\"request_id\":\"%s\",\"path\":\"%s\"}}"
                    .formatted(ID, "p".repeat((1 << 20) - 200))));
    assertThat(responder.receive(message, 1)).isTrue();
    Invocation invocation = ((ResponderEvent.Execute) responder.poll()).invocation();
    responder.answer(invocation.number(), Answer.failure(ResponseCode.NOT_FOUND, "no"), 2);
    assertThat(response(send()).requestId()).isEqualTo(ID);
  }

  @Test
  void moreThanMayBeExecutedAtOnceIsRefusedAndMayComeAgain() {
    responder =
        new Responder(
            ResponderOptions.of("dev").withLimits(ResponderLimits.DEFAULT.withExecuting(1)));
    Invocation first = receive(TOPIC, request(ID, Method.PUT, null));
    RequestId other = RequestId.of(new UUID(1, 2));
    assertThat(receive(TOPIC, request(other, Method.PUT, null))).isNull();
    assertThat(response(send()).responseCode()).isEqualTo(503);
    responder.answer(first.number(), Answer.changed(), 2);
    send();
    assertThat(receive(TOPIC, request(other, Method.PUT, null))).isNotNull();
  }

  @Test
  void safeAnswersMakeRoomAndOthersAreKeptForTheirTime() {
    responder =
        new Responder(
            ResponderOptions.of("dev")
                .withLimits(ResponderLimits.DEFAULT.withRemembered(2, 1 << 20, 1000)));
    for (int i = 0; i < 5; i++) {
      Invocation invocation =
          receive(TOPIC, request(RequestId.of(new UUID(1, i)), Method.GET, null));
      responder.answer(invocation.number(), Answer.content(i), 2);
      send();
    }
    for (int i = 0; i < 2; i++) {
      Invocation invocation =
          receive(TOPIC, request(RequestId.of(new UUID(2, i)), Method.PUT, null));
      responder.answer(invocation.number(), Answer.changed(), 2);
      send();
    }
    assertThat(receive(TOPIC, request(RequestId.of(new UUID(2, 2)), Method.PUT, null))).isNull();
    assertThat(response(send()).responseCode()).isEqualTo(503);
    assertThat(responder.remembered()).isEqualTo(2);
  }

  @Test
  void conditionThatIsNeverDecidedTakesNoRoomForEver() {
    assertThat(receive(TOPIC, request(ID, Method.PUT, RpcOptions.NONE.withIfNoneMatch(true))))
        .isNotNull();
    assertThat(responder.executing()).isEqualTo(1);
    responder.timeout(ResponderLimits.EXCHANGE_LIFETIME_MILLIS + 1);
    assertThat(responder.executing()).isZero();
    assertThat(responder.remembered()).isZero();
  }

  @Test
  void requestIsNotExecutedWhenItsConditionIsDecidedTooLate() {
    RpcOptions asked = RpcOptions.NONE.withIfNoneMatch(true).withExpiresMillis(1000L);
    Invocation question = receive(TOPIC, request(ID, Method.PUT, asked));
    responder.answer(question.number(), Answer.failure(ResponseCode.NOT_FOUND, "none"), 1001);
    assertThat(responder.poll()).isNull();
    assertThat(responder.executing()).isZero();
    // Who asks again learns that it was not done.
    assertThat(receive(TOPIC, request(ID, Method.PUT, asked))).isNull();
    assertThat(response(send()).responseCode()).isEqualTo(504);
  }

  /** Asked with a response topic, which is the correlation data, too. */
  private static RpcMessage from(String responseTopic, Request request, long expirySeconds) {
    return new RpcMessage(
        TOPIC,
        PayloadCodec.DEFAULT.encode(request),
        1,
        expirySeconds,
        responseTopic,
        Bytes.utf8(responseTopic));
  }

  private Invocation receive(String topic, Request request) {
    return receive(RpcMessage.of(topic, PayloadCodec.DEFAULT.encode(request)), 1);
  }

  private Invocation receive(RpcMessage message, long nowMillis) {
    responder.receive(message, nowMillis);
    ResponderEvent event = responder.poll();
    if (event instanceof ResponderEvent.Execute execute) {
      return execute.invocation();
    }
    if (event != null) {
      pushed = event;
    }
    return null;
  }

  private ResponderEvent pushed;

  private RpcMessage send() {
    ResponderEvent event = pushed == null ? responder.poll() : pushed;
    pushed = null;
    return ((ResponderEvent.Send) event).message();
  }

  private static Response response(RpcMessage message) {
    return (Response) PayloadCodec.DEFAULT.decode(message.payload());
  }

  private static Request request(RequestId id, Method method, RpcOptions options) {
    Header header = Header.of(id, "gains").withCorrelationId("c").withSource("me");
    return new Request(
        options == null ? header : header.withOptions(options),
        method,
        null,
        Timestamp.ofMillis(1));
  }
}
