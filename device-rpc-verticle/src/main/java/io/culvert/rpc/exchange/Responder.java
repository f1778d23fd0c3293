package io.culvert.rpc.exchange;

import io.culvert.engine.Deadlines;
import io.culvert.rpc.exchange.ResponderEvent.Execute;
import io.culvert.rpc.exchange.ResponderEvent.Expired;
import io.culvert.rpc.exchange.ResponderEvent.Send;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.PayloadViolation;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcOptions;
import io.culvert.rpc.protocol.RpcTopic;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One who answers. A request is executed once, however often it comes: who asks again under the
 * same request id gets the same answer. What is to be executed comes as {@link Execute} and must be
 * answered once.
 *
 * <p>After each call of a method its owner takes what it wants, until {@link #poll} returns null,
 * and calls {@link #timeout} when {@link #deadlineMillis} has come. Times are milliseconds since
 * 1970 by a clock that never goes back. Single-threaded.
 */
public final class Responder {
  private final ResponderOptions options;
  private final PayloadCodec codec;
  private final AnswerWriter writer;
  private final Deadlines<Exchange> deadlines = new Deadlines<>();
  private final RememberedExchanges remembered;
  private final Map<Long, Exchange> executing = new HashMap<>();
  private final ArrayDeque<ResponderEvent> events = new ArrayDeque<>();
  private long lastNumber;

  public Responder(ResponderOptions options) {
    this.options = options;
    this.codec = new PayloadCodec(options.rules());
    this.writer = new AnswerWriter(options.tag(), codec);
    this.remembered = new RememberedExchanges(options.limits());
  }

  /** How it reads and writes payloads. */
  public PayloadCodec codec() {
    return codec;
  }

  /**
   * Takes a message that has come.
   *
   * @return whether it was a request to this responder
   */
  public boolean receive(RpcMessage message, long nowMillis) {
    RpcTopic topic = RpcTopic.find(message.topic());
    if (topic == null
        || topic.type() != RpcTopic.Type.REQUEST
        || !topic.namespace().equals(options.namespace())
        || !(topic.tag().equals(options.tag()) || options.groups().contains(topic.tag()))) {
      return false;
    }
    try {
      return codec.decode(message.payload()) instanceof Request request
          && receive(message, topic, request, nowMillis);
    } catch (PayloadViolation e) {
      return refuse(message, topic, e, nowMillis);
    }
  }

  /**
   * Answers what was to be executed.
   *
   * @param number of the {@link Invocation}; one that was answered before is left alone
   */
  public void answer(long number, Answer answer, long nowMillis) {
    Exchange exchange = executing.remove(number);
    if (exchange == null) {
      return;
    }
    Invocation invocation = exchange.invocation();
    RpcMessage message =
        writer.write(
            exchange.route(),
            invocation.request().header(),
            answer,
            Math.max(1, invocation.deadlineMillis() - nowMillis),
            nowMillis);
    exchange.answered(message);
    exchange.file(nowMillis);
    remembered.answered(exchange);
    if (!exchange.isOver(nowMillis)) {
      send(message, invocation.options(), answer);
    }
  }

  /**
   * Sends an answer before the one that counts, such as how far it is. A requester takes the first
   * and leaves the others; nothing of it is remembered.
   */
  public void answerEarly(long number, Answer answer, long nowMillis) {
    Exchange exchange = executing.get(number);
    if (exchange != null && !exchange.isOver(nowMillis)) {
      Invocation invocation = exchange.invocation();
      long leftMillis = invocation.deadlineMillis() - nowMillis;
      Header asked = invocation.request().header();
      send(
          writer.write(exchange.route(), asked, answer, leftMillis, nowMillis),
          invocation.options(),
          answer);
    }
  }

  /** When {@link #timeout} has something to do; {@link io.culvert.engine.Engine#NO_DEADLINE}. */
  public long deadlineMillis() {
    return deadlines.earliest();
  }

  /** Time has passed. Early and repeated calls are harmless. */
  public void timeout(long nowMillis) {
    for (Exchange due = deadlines.pollExpired(nowMillis);
        due != null;
        due = deadlines.pollExpired(nowMillis)) {
      if (due.isForgotten(nowMillis)) {
        executing.remove(due.invocation().number());
        remembered.forget(due);
      } else {
        if (!due.isAnswered()) {
          events.add(new Expired(due.invocation()));
        }
        due.file(nowMillis);
      }
    }
  }

  /** What it wants next; null for nothing. */
  public @Nullable ResponderEvent poll() {
    return events.poll();
  }

  /** Requests that are executed now. */
  public int executing() {
    return executing.size();
  }

  /** Requests whose answer is kept for those who ask again, and those that are executed. */
  public int remembered() {
    return remembered.size();
  }

  private boolean receive(RpcMessage message, RpcTopic topic, Request request, long nowMillis) {
    RpcOptions asked = RpcOptions.NONE;
    try {
      asked = request.header().options();
    } catch (PayloadViolation e) {
      Answer refusal = Answer.failure(e.responseCode(), e.detail());
      refuse(AnswerRoute.of(message, topic, asked), request.header(), asked, refusal, nowMillis);
      return true;
    }
    ExchangeKey key = ExchangeKey.of(topic, request);
    Exchange known = remembered.find(key);
    if (known == null) {
      begin(key, message, topic, request, asked, nowMillis);
    } else {
      repeat(known);
    }
    return true;
  }

  /** The same answer as before; one that is still to come goes to whoever asks again, too. */
  private void repeat(Exchange known) {
    RpcMessage same = known.answer();
    if (same != null) {
      events.add(new Send(same));
    }
  }

  private void begin(
      ExchangeKey key,
      RpcMessage message,
      RpcTopic topic,
      Request request,
      RpcOptions asked,
      long nowMillis) {
    long leftMillis = leftMillis(message, asked);
    if (leftMillis <= 0) {
      return; // nobody waits for the answer
    }
    AnswerRoute route = AnswerRoute.of(message, topic, asked);
    Invocation invocation =
        new Invocation(++lastNumber, topic, request, asked, nowMillis + leftMillis);
    Exchange exchange =
        new Exchange(
            key, invocation, route, nowMillis + options.limits().rememberMillis(), deadlines);
    if (executing.size() >= options.limits().executing() || !remembered.add(exchange)) {
      refuse(route, request.header(), asked, tooMany(), nowMillis);
      return;
    }
    executing.put(invocation.number(), exchange);
    exchange.file(nowMillis);
    events.add(new Execute(invocation));
  }

  private Answer tooMany() {
    return Answer.failure(
            ResponseCode.TOO_MANY_REQUESTS,
            "%d requests are being executed and %d remembered, and more may not"
                .formatted(executing.size(), remembered.size()))
        .withMaxAgeSeconds(1);
  }

  /** Somebody has sent what is no request, where requests come. */
  private boolean refuse(
      RpcMessage message, RpcTopic topic, PayloadViolation violation, long nowMillis) {
    if (!RequestId.isValid(topic.requestId())) {
      return false;
    }
    refuse(
        AnswerRoute.of(message, topic, RpcOptions.NONE),
        Header.of(new RequestId(topic.requestId()), ""),
        RpcOptions.NONE,
        Answer.failure(violation.responseCode(), violation.detail()),
        nowMillis);
    return true;
  }

  /** Answers what was not executed; who asks again may have more luck. */
  private void refuse(
      AnswerRoute route, Header header, RpcOptions asked, Answer refusal, long nowMillis) {
    send(writer.write(route, header, refusal, null, nowMillis), asked, refusal);
  }

  private void send(RpcMessage message, RpcOptions asked, Answer answer) {
    if (!asked.suppresses(answer.code().number())) {
      events.add(new Send(message));
    }
  }

  /** What the broker has subtracted counts, too. */
  private static long leftMillis(RpcMessage message, RpcOptions asked) {
    Long expiresMillis = asked.expiresMillis();
    Long expirySeconds = message.expirySeconds();
    long leftMillis =
        expiresMillis == null ? ResponderLimits.EXCHANGE_LIFETIME_MILLIS : expiresMillis;
    return expirySeconds == null ? leftMillis : Math.min(leftMillis, expirySeconds * 1000);
  }
}
