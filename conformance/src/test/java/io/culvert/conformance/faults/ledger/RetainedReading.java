package io.culvert.conformance.faults.ledger;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The retained messages as one reader finds them. Of each topic it must be the last one that was
 * completed when the reading began, or a later one; where that may be a deletion, also none.
 */
public final class RetainedReading {
  private final Ledger ledger;
  private final Map<String, List<Message>> history;
  private final Map<String, Integer> least = new HashMap<>();
  private final Set<String> certain = new HashSet<>();
  private final Set<String> found = new HashSet<>();

  RetainedReading(Ledger ledger, Map<String, List<Message>> history) {
    this.ledger = ledger;
    this.history = history;
    history.forEach(this::begin);
  }

  private void begin(String topic, List<Message> messages) {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (ledger.isCompleted(messages.get(i))) {
        least.put(topic, i);
        if (messages.stream().skip(i).noneMatch(message -> message.sizeBytes() == 0)) {
          certain.add(topic);
        }
        return;
      }
    }
  }

  /** A message with the RETAIN flag. */
  public void found(String topic, byte[] payload) {
    List<Message> messages = history.getOrDefault(topic, List.of());
    found.add(topic);
    for (int i = messages.size() - 1; i >= 0; i--) {
      Message message = messages.get(i);
      if (message.sizeBytes() > 0 && message.isCarriedBy(topic, payload)) {
        if (i < least.getOrDefault(topic, 0)) {
          Message last = messages.get(least.get(topic));
          ledger.found(Fault.RETAINED, topic, message + ", but " + last + " was acknowledged");
        }
        return;
      }
    }
    ledger.found(Fault.NEVER_SENT, topic, payload.length + " retained bytes that nobody sent");
  }

  /** Whether every topic that has a retained message for certain has been found. */
  public boolean isComplete() {
    return found.containsAll(certain);
  }

  /** When nothing more comes. */
  public void end() {
    for (String topic : certain) {
      if (!found.contains(topic)) {
        Message last = history.get(topic).get(least.get(topic));
        ledger.found(Fault.RETAINED, topic, "none, but " + last + " was acknowledged");
      }
    }
  }
}
