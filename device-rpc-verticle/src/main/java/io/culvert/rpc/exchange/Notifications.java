package io.culvert.rpc.exchange;

import io.culvert.engine.Deadlines;
import io.culvert.rpc.exchange.ResponderEvent.Send;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.RpcOptions;
import java.util.List;
import java.util.Queue;

/**
 * Tells those who observe what a resource is when it has changed. It is asked for once, however
 * many observe it and however often it changes meanwhile. RFC 7641 §4.
 */
final class Notifications {
  private final Executions executions;
  private final AnswerShape shape;
  private final AnswerWriter writer;
  private final Deadlines<Due> deadlines;
  private final Queue<? super Send> events;
  private final Observers observers;

  Notifications(
      ResponderLimits limits,
      Executions executions,
      AnswerShape shape,
      AnswerWriter writer,
      Deadlines<Due> deadlines,
      Queue<? super Send> events) {
    this.executions = executions;
    this.shape = shape;
    this.writer = writer;
    this.deadlines = deadlines;
    this.events = events;
    this.observers = new Observers(limits, deadlines);
  }

  /** Whoever asks for it observes from now on, or does no longer; returns what that is told. */
  Answer register(Exchange exchange, Answer answer, long nowMillis) {
    Integer observe = exchange.asked().observe();
    if (observe == null || exchange.invocation().method() != Method.GET) {
      return answer;
    } else if (observe != 0 || !answer.code().isSuccess()) {
      observers.remove(exchange.key());
      return answer;
    }
    Observer observer = observers.add(exchange, nowMillis);
    return observer == null
        ? answer
        : observed(answer, observer, observers.nextNumber(nowMillis), nowMillis);
  }

  /** A resource is something else now. */
  void changed(String path, long nowMillis) {
    for (ObservedState state : observers.of(path)) {
      if (state.change()) {
        ask(state, nowMillis);
      }
    }
  }

  /** Tells all who observe what it is now. A failure is the last that they hear. */
  void tell(Work.Notification notification, Answer answer, long nowMillis) {
    deadlines.remove(notification.deadline());
    ObservedState state = notification.state();
    int number = observers.nextNumber(nowMillis);
    for (Observer observer : List.copyOf(state.observers().values())) {
      Request request = observer.request();
      Answer shaped = shape.of(answer, request, RpcOptions.NONE, nowMillis);
      if (shaped.code().isSuccess()) {
        shaped = observed(shaped, observer, number, nowMillis);
      } else {
        observers.remove(observer.key());
      }
      events.add(
          new Send(writer.write(observer.route(), request.header(), shaped, null, nowMillis)));
    }
    goOn(state, nowMillis);
  }

  /** Nobody with this tag is there any more. */
  void forgetSource(String source) {
    observers.removeSource(source);
  }

  /** Those who observe. */
  int observers() {
    return observers.size();
  }

  private static Answer observed(Answer answer, Observer observer, int number, long nowMillis) {
    return answer.withOptions(
        answer.options().withObserve(number).withLeaseSeconds(observer.leftSeconds(nowMillis)));
  }

  private void ask(ObservedState state, long nowMillis) {
    Observer first = state.observers().values().iterator().next();
    Invocation question =
        executions.question(
            state.topic(),
            first.request(),
            RpcOptions.NONE.withQuery(state.key().query()).withAccept(state.key().accept()),
            nowMillis + ResponderLimits.EXCHANGE_LIFETIME_MILLIS,
            nowMillis);
    Deadlines.Entry<Due> deadline =
        deadlines.entry(
            laterMillis -> {
              executions.end(question.number());
              goOn(state, laterMillis);
            });
    deadlines.set(deadline, question.deadlineMillis());
    executions.begin(question, new Work.Notification(state, deadline));
  }

  /** What has changed while it was asked for is asked for again. */
  private void goOn(ObservedState state, long nowMillis) {
    if (state.told() && !state.observers().isEmpty() && state.change()) {
      ask(state, nowMillis);
    }
  }
}
