package io.culvert.rpc.exchange;

import io.culvert.rpc.exchange.ResponderEvent.Execute;
import io.culvert.rpc.protocol.ETag;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcOptions;
import io.culvert.rpc.protocol.RpcTopic;
import io.culvert.rpc.protocol.Timestamp;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What is executed now, by its number, and why. A request with a condition is executed after the
 * state of its resource was asked for and compared, and nothing else that changes the resource is
 * executed in between.
 */
final class Executions {
  private final Queue<? super Execute> events;
  private final AnswerShape shape;
  private final Finish finish;
  private final PathGate gate = new PathGate();
  private final Map<Long, Work> all = new HashMap<>();
  private long lastNumber;

  /** Takes the answer to a request that is not executed. */
  @FunctionalInterface
  interface Finish {
    void finish(Exchange exchange, Answer answer, long nowMillis);
  }

  /**
   * @param events where what is to be executed goes
   */
  Executions(Queue<? super Execute> events, AnswerShape shape, Finish finish) {
    this.events = events;
    this.shape = shape;
    this.finish = finish;
  }

  /** A request that has come, under a number of its own. */
  Invocation request(RpcTopic topic, Request request, RpcOptions asked, long deadlineMillis) {
    return new Invocation(++lastNumber, topic, request, asked, deadlineMillis);
  }

  /** What asks for the state of the resource that a request is about. */
  Invocation question(
      RpcTopic topic, Request request, RpcOptions asked, long deadlineMillis, long nowMillis) {
    Header header = request.header().with(Header.OPTIONS, null);
    Request question = new Request(header, Method.GET, null, Timestamp.ofMillis(nowMillis));
    return request(topic, question, asked, deadlineMillis);
  }

  /** Executes it; {@code work} says what becomes of the answer. */
  void begin(Invocation invocation, Work work) {
    all.put(invocation.number(), work);
    events.add(new Execute(invocation));
  }

  /** Executes a request as soon as others let it. */
  void enter(Exchange exchange, long nowMillis) {
    if (exchange.invocation().method().isSafe() || gate.enter(exchange)) {
      execute(exchange, nowMillis);
    }
  }

  /** The state is known with which a request is to be compared. */
  void decide(Exchange exchange, Answer answer, long nowMillis) {
    Answer refusal = refusal(exchange, answer);
    if (refusal == null) {
      begin(exchange, nowMillis);
    } else {
      finish.finish(exchange, refusal, nowMillis);
    }
  }

  /** A request was answered, or nobody waits for it any more: others may be executed. */
  void leave(Exchange exchange, long nowMillis) {
    end(exchange.waitsFor());
    if (!exchange.invocation().method().isSafe()) {
      gate.leave(exchange).forEach(next -> execute(next, nowMillis));
    }
  }

  /** What is executed under this number, or null. */
  @Nullable Work find(long number) {
    return all.get(number);
  }

  /** Nothing is executed under this number any longer; returns what was, or null. */
  @Nullable Work end(long number) {
    return all.remove(number);
  }

  int size() {
    return all.size();
  }

  private void execute(Exchange exchange, long nowMillis) {
    Invocation invocation = exchange.invocation();
    if (exchange.isOver(nowMillis)
        || invocation.method().isSafe()
        || !Conditions.isConditional(exchange.asked())) {
      begin(exchange, nowMillis);
      return;
    }
    Invocation question =
        question(
            invocation.topic(),
            invocation.request(),
            RpcOptions.NONE.withQuery(exchange.asked().query()),
            invocation.deadlineMillis(),
            nowMillis);
    exchange.waitsFor(question.number());
    begin(question, new Work.Condition(exchange));
  }

  private void begin(Exchange exchange, long nowMillis) {
    Invocation invocation = exchange.invocation();
    if (exchange.isOver(nowMillis)) {
      finish.finish(
          exchange,
          Answer.failure(
              ResponseCode.GATEWAY_TIMEOUT, "nobody waited any more, so it was not done"),
          nowMillis);
    } else {
      exchange.waitsFor(invocation.number());
      begin(invocation, exchange);
    }
  }

  private @Nullable Answer refusal(Exchange exchange, Answer answer) {
    if (!answer.code().isSuccess() && answer.code() != ResponseCode.NOT_FOUND) {
      return answer;
    }
    ETag state;
    try {
      state = shape.state(answer);
    } catch (IllegalArgumentException e) {
      return Answer.failure(ResponseCode.INTERNAL_SERVER_ERROR, "the state has no name: " + e);
    }
    return Conditions.refusal(exchange.asked(), state);
  }
}
