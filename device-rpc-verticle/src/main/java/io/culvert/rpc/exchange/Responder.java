package io.culvert.rpc.exchange;

import io.culvert.engine.Deadlines;
import io.culvert.engine.Wake;
import io.culvert.rpc.exchange.ResponderEvent.Execute;
import io.culvert.rpc.exchange.ResponderEvent.Expired;
import io.culvert.rpc.exchange.ResponderEvent.Ready;
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
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * One who answers. A request is executed once, however often it comes: who asks again under the
 * same request id gets the same answer. What is to be executed comes as {@link Execute} and must be
 * answered once.
 *
 * <p>With {@link AnswerRecords} that holds beyond the end of the process, for all requests but safe
 * ones: "begun" is stored before one is executed, and its answer before that is sent. One that was
 * begun and not answered when the process ended is not executed again; it is answered with 5.00,
 * since nobody knows how far it had come.
 *
 * <p>After each call of a method, and when it is woken, its owner takes what it wants, until {@link
 * #poll} returns null, and calls {@link #timeout} when {@link #deadlineMillis} has come. Times are
 * milliseconds since 1970 by a clock that never goes back. Single-threaded.
 */
public final class Responder {
  private static final String INTERRUPTED =
      "the device stopped while it executed this request; it may have been done, and is not"
          + " executed again";

  private final ResponderOptions options;
  private final PayloadCodec codec;
  private final AnswerWriter writer;
  private final AnswerShape shape;
  private final Deadlines<Due> deadlines = new Deadlines<>();
  private final RememberedExchanges remembered;
  private final Transfers transfers;
  private final Notifications notifications;
  private final KeptExchanges kept;
  private final Executions executions;
  private final ArrayDeque<ResponderEvent> events = new ArrayDeque<>();
  private long lastMillis;

  /** Remembers answers as long as the process lasts. */
  public Responder(ResponderOptions options) {
    this(options, null, Wake.NOBODY);
  }

  /**
   * Remembers answers longer. It refuses everything until {@link #load} has ended in {@link Ready}.
   *
   * @param wake called when something was stored, so that there may be something to take
   */
  public Responder(ResponderOptions options, @Nullable AnswerRecords records, Wake wake) {
    ResponderLimits limits = options.limits();
    this.options = options;
    this.codec = new PayloadCodec(options.rules());
    this.writer = new AnswerWriter(options.tag(), codec);
    this.remembered = new RememberedExchanges(limits);
    PayloadCodec bodyCodec = new PayloadCodec(BlockBody.rules(options.rules(), limits.bodyBytes()));
    AnswerBodies answerBodies = new AnswerBodies(limits, deadlines);
    this.transfers = new Transfers(bodyCodec, new RequestBodies(limits, deadlines), answerBodies);
    this.shape = new AnswerShape(bodyCodec, limits, answerBodies);
    this.kept = new KeptExchanges(records, wake, deadlines);
    this.executions = new Executions(events, shape, this::finish);
    this.notifications = new Notifications(limits, executions, shape, writer, deadlines, events);
  }

  /** How it reads and writes payloads. */
  public PayloadCodec codec() {
    return codec;
  }

  /** Reads what was kept, and answers what was not answered when the process ended. */
  public void load(long nowMillis) {
    lastMillis = nowMillis;
    kept.load(this::loaded);
  }

  /**
   * Takes a message that has come.
   *
   * @return whether it was a request to this responder
   */
  public boolean receive(RpcMessage message, long nowMillis) {
    return receive(message, nowMillis, () -> {});
  }

  /**
   * Takes a message that has come.
   *
   * @param taken called when whoever has delivered it may forget it: at once, unless something of
   *     it is being stored; then when that is stored, or nobody waits for the answer any more
   * @return whether it was a request to this responder
   */
  public boolean receive(RpcMessage message, long nowMillis, Runnable taken) {
    lastMillis = nowMillis;
    RpcTopic topic = RpcTopic.find(message.topic());
    if (topic == null
        || topic.type() != RpcTopic.Type.REQUEST
        || !topic.namespace().equals(options.namespace())
        || !(topic.tag().equals(options.tag()) || options.groups().contains(topic.tag()))) {
      taken.run();
      return false;
    }
    boolean isRequest = false;
    Exchange exchange = null;
    try {
      if (codec.decode(message.payload()) instanceof Request request) {
        isRequest = true;
        exchange = receive(message, topic, request, nowMillis);
      }
    } catch (PayloadViolation e) {
      isRequest = refuse(message, topic, e, nowMillis);
    }
    if (exchange == null) {
      taken.run();
    } else {
      exchange.whenStored(taken);
    }
    return isRequest;
  }

  /**
   * Answers what was to be executed.
   *
   * @param number of the {@link Invocation}; one that was answered before is left alone
   */
  public void answer(long number, Answer answer, long nowMillis) {
    lastMillis = nowMillis;
    Work work = executions.end(number);
    if (work instanceof Exchange exchange) {
      finish(exchange, answer, nowMillis);
    } else if (work instanceof Work.Condition condition) {
      executions.decide(condition.exchange(), answer, nowMillis);
    } else if (work instanceof Work.Notification notification) {
      notifications.tell(notification, answer, nowMillis);
    }
  }

  /**
   * Sends an answer before the one that counts, such as how far it is. A requester takes the first
   * and leaves the others; nothing of it is remembered.
   */
  public void answerEarly(long number, Answer answer, long nowMillis) {
    if (executions.find(number) instanceof Exchange exchange && !exchange.isOver(nowMillis)) {
      Invocation invocation = exchange.invocation();
      long leftMillis = invocation.deadlineMillis() - nowMillis;
      Header asked = invocation.request().header();
      send(
          writer.write(exchange.route(), asked, answer, leftMillis, nowMillis),
          exchange.asked(),
          answer.code());
    }
  }

  /** A resource has changed: those who observe it are told, once it was asked what it is now. */
  public void changed(String path, long nowMillis) {
    lastMillis = nowMillis;
    notifications.changed(path, nowMillis);
  }

  /** Nobody with this tag is there any more, as a last will or a broker tells. */
  public void forgetObservers(String source) {
    notifications.forgetSource(source);
  }

  /** When {@link #timeout} has something to do; {@link io.culvert.engine.Engine#NO_DEADLINE}. */
  public long deadlineMillis() {
    return deadlines.earliest();
  }

  /** Time has passed. Early and repeated calls are harmless. */
  public void timeout(long nowMillis) {
    lastMillis = nowMillis;
    for (Due due = deadlines.pollExpired(nowMillis);
        due != null;
        due = deadlines.pollExpired(nowMillis)) {
      due.due(nowMillis);
    }
    kept.delete();
  }

  /** What it wants next; null for nothing. */
  public @Nullable ResponderEvent poll() {
    return events.poll();
  }

  /** Requests that are executed now. */
  public int executing() {
    return executions.size();
  }

  /** Requests whose answer is kept for those who ask again, and those that are executed. */
  public int remembered() {
    return remembered.size() + kept.size();
  }

  /** Those who observe. */
  public int observers() {
    return notifications.observers();
  }

  /** Bodies that come or go in blocks. */
  public int transfers() {
    return transfers.size();
  }

  /** The deadline of an exchange has come. */
  void due(Exchange exchange, long nowMillis) {
    exchange.release(); // what cannot be stored in time is not waited for
    if (exchange.isForgotten(nowMillis)) {
      forget(exchange);
      return;
    }
    if (!exchange.isAnswered()) {
      events.add(new Expired(exchange.invocation()));
    }
    exchange.file(nowMillis);
  }

  /** What is remembered of it then, or null. */
  private @Nullable Exchange receive(
      RpcMessage message, RpcTopic topic, Request request, long nowMillis) {
    RpcOptions asked = RpcOptions.NONE;
    Answer refusal;
    try {
      asked = request.header().options();
      refusal = options.access().refusal(request);
    } catch (PayloadViolation e) {
      refusal = Answer.failure(e.responseCode(), e.detail());
    }
    Arrival arrival = Arrival.of(message, topic, request, asked);
    if (refusal == null && !kept.isLoaded()) {
      refusal =
          Answer.failure(ResponseCode.SERVICE_UNAVAILABLE, "the device is starting")
              .withMaxAgeSeconds(1);
    }
    if (refusal != null) {
      refuse(arrival.route(), request.header(), asked, refusal, nowMillis);
    } else if (!repeat(arrival, nowMillis) && arrival.leftMillis() > 0) {
      begin(arrival, nowMillis);
    }
    return remembered.find(arrival.key());
  }

  /**
   * The same answer as before, to where this one wants it; one that is still to come goes to
   * whoever asks again, too. An observer that renews asks again on purpose.
   */
  private boolean repeat(Arrival arrival, long nowMillis) {
    ExchangeKey key = arrival.key();
    ExchangeRecord left = kept.find(key);
    if (left != null) {
      events.add(new Send(arrival.route().address(left.answer(), arrival.leftMillis())));
      return true;
    }
    Exchange known = remembered.find(key);
    if (known == null) {
      return false;
    } else if (known.isAnswered()
        && arrival.asked().observe() != null
        && arrival.request().method().isSafe()) {
      forget(known);
      return false;
    }
    RpcMessage same = known.told();
    if (same != null) {
      events.add(new Send(arrival.route().address(same, arrival.leftMillis())));
    } else {
      known.askedAgain(arrival.route(), nowMillis + arrival.leftMillis());
      known.file(nowMillis);
    }
    return true;
  }

  private void begin(Arrival arrival, long nowMillis) {
    Exchange exchange =
        new Exchange(
            arrival.key(),
            executions.request(
                arrival.topic(),
                arrival.request(),
                arrival.asked(),
                nowMillis + arrival.leftMillis()),
            arrival.route(),
            arrival.bytes(),
            nowMillis + options.limits().rememberMillis(),
            deadlines,
            this);
    Answer refusal = refusal(exchange);
    if (refusal != null) {
      refuse(arrival.route(), arrival.request().header(), arrival.asked(), refusal, nowMillis);
      return;
    }
    exchange.file(nowMillis);
    Answer answer = transfers.answer(exchange, nowMillis);
    if (answer != null) {
      finish(exchange, answer, nowMillis);
    } else if (kept.keeps(exchange)) {
      kept.keep(
          exchange,
          false,
          interrupted(exchange, nowMillis),
          () -> executions.enter(exchange, lastMillis));
    } else {
      executions.enter(exchange, nowMillis);
    }
  }

  /** Why no more may be begun; else it is remembered from now on. */
  private @Nullable Answer refusal(Exchange exchange) {
    if (kept.keeps(exchange) && !kept.isReady()) {
      return Answer.failure(
              ResponseCode.SERVICE_UNAVAILABLE, "nothing can be stored now, so nothing is begun")
          .withMaxAgeSeconds(1);
    } else if (executions.size() >= options.limits().executing()
        || kept.size() >= options.limits().remembered()
        || !remembered.add(exchange)) {
      return Answer.failure(
              ResponseCode.TOO_MANY_REQUESTS,
              "%d requests are being executed and %d remembered, and more may not"
                  .formatted(executions.size(), remembered()))
          .withMaxAgeSeconds(1);
    }
    return null;
  }

  private RpcMessage interrupted(Exchange exchange, long nowMillis) {
    return writer.write(
        exchange.route(),
        exchange.invocation().request().header(),
        Answer.failure(ResponseCode.INTERNAL_SERVER_ERROR, INTERRUPTED),
        null,
        nowMillis);
  }

  private void finish(Exchange exchange, Answer answer, long nowMillis) {
    Invocation invocation = exchange.invocation();
    Request request = invocation.request();
    Answer shaped = shape.of(answer, request, exchange.asked(), nowMillis);
    shaped = notifications.register(exchange, shaped, nowMillis);
    shaped = Transfers.acknowledged(shaped, exchange);
    RpcMessage message =
        writer.write(
            exchange.route(),
            request.header(),
            shaped,
            Math.max(1, invocation.deadlineMillis() - nowMillis),
            nowMillis);
    exchange.answered(message);
    exchange.file(nowMillis);
    remembered.answered(exchange);
    ResponseCode code = shaped.code();
    if (kept.keeps(exchange) && code != ResponseCode.CONTINUE) {
      kept.keep(exchange, true, message, () -> tell(exchange, message, code, nowMillis));
    } else {
      tell(exchange, message, code, nowMillis);
    }
    executions.leave(exchange, nowMillis);
  }

  private void tell(Exchange exchange, RpcMessage message, ResponseCode code, long nowMillis) {
    RpcOptions asked = exchange.asked();
    exchange.tell();
    remembered.told(exchange);
    if (!exchange.isOver(nowMillis)) {
      send(message, asked, code);
      AnswerRoute other = exchange.otherRoute();
      if (other != null) {
        send(other.address(message, exchange.leftMillis(nowMillis)), asked, code);
      }
    }
  }

  private void forget(Exchange exchange) {
    kept.forget(exchange);
    remembered.forget(exchange);
    executions.leave(exchange, lastMillis);
  }

  /** Whoever may still wait is answered: the process may have ended before the answer went. */
  private void loaded(Collection<ExchangeRecord> left) {
    for (ExchangeRecord each : left) {
      if (each.deadlineMillis() > lastMillis) {
        events.add(new Send(each.answer()));
      }
    }
    events.add(new Ready());
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
    send(writer.write(route, header, refusal, null, nowMillis), asked, refusal.code());
  }

  private void send(RpcMessage message, RpcOptions asked, ResponseCode code) {
    if (!asked.suppresses(code.number())) {
      events.add(new Send(message));
    }
  }
}
