package io.culvert.conformance.faults.ledger;

/**
 * A durable session with one subscription.
 *
 * @param group the members of a shared subscription have the same one; else the session's own name
 * @param filter without the part that names the share
 */
public record Subscriber(String name, String group, String filter, int qos) {

  public static Subscriber alone(String name, String filter, int qos) {
    return new Subscriber(name, name, filter, qos);
  }

  public static Subscriber member(String name, String group, String filter, int qos) {
    return new Subscriber(name, group, filter, qos);
  }

  public boolean isShared() {
    return !group.equals(name);
  }

  /** The Topic Filter as SUBSCRIBE has it. */
  public String subscribeFilter() {
    return isShared() ? "$share/" + group + '/' + filter : filter;
  }

  public boolean matches(String topic) {
    String[] wanted = filter.split("/", -1);
    String[] levels = topic.split("/", -1);
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i].equals("#")) {
        return true;
      }
      if (i == levels.length || !wanted[i].equals("+") && !wanted[i].equals(levels[i])) {
        return false;
      }
    }
    return wanted.length == levels.length;
  }
}
