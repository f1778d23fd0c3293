package io.culvert.mqtt.session;

/** How many messages several windows hold together. Read and written on their thread. */
public final class InFlight {
  private long messages;

  public long messages() {
    return messages;
  }

  /** So many more, or less. */
  public void add(long more) {
    messages += more;
  }
}
