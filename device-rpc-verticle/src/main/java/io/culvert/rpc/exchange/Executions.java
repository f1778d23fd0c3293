package io.culvert.rpc.exchange;

import io.culvert.rpc.exchange.ResponderEvent.Execute;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.RpcOptions;
import io.culvert.rpc.protocol.RpcTopic;
import io.culvert.rpc.protocol.Timestamp;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** What is executed now, by its number, and why. */
final class Executions {
  private final Queue<? super Execute> events;
  private final Map<Long, Work> all = new HashMap<>();
  private long lastNumber;

  /**
   * @param events where what is to be executed goes
   */
  Executions(Queue<? super Execute> events) {
    this.events = events;
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
}
