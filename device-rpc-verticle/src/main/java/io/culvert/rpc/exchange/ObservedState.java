package io.culvert.rpc.exchange;

import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.RpcOptions;
import io.culvert.rpc.protocol.RpcTopic;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A resource, as it is asked for in one way, and those who observe it so. */
final class ObservedState {
  private final Key key;
  private final RpcTopic topic;
  private final Map<ExchangeKey, Observer> observers = new LinkedHashMap<>();
  private boolean isAsked;
  private boolean isChanged;

  ObservedState(Key key, RpcTopic topic) {
    this.key = key;
    this.topic = topic;
  }

  /** What makes two requests ask for the same. */
  record Key(String path, Map<String, String> query, List<Integer> accept) {
    static Key of(Request request, RpcOptions asked) {
      return new Key(request.path(), asked.query(), asked.accept());
    }
  }

  Key key() {
    return key;
  }

  RpcTopic topic() {
    return topic;
  }

  Map<ExchangeKey, Observer> observers() {
    return observers;
  }

  /** It has changed; whether it is to be asked for now. When it is being asked for, it is later. */
  boolean change() {
    if (isAsked) {
      isChanged = true;
      return false;
    }
    isAsked = true;
    return true;
  }

  /** It was told what it is; whether it has changed meanwhile. */
  boolean told() {
    boolean again = isChanged;
    isAsked = false;
    isChanged = false;
    return again;
  }
}
