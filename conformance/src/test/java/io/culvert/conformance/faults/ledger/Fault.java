package io.culvert.conformance.faults.ledger;

/** What a durable broker must not do. */
public enum Fault {
  LOST("acknowledged, and not received by a durable session that it matched"),
  DOUBLED("QoS 2, and received twice in one session, or in a group where that is excluded"),
  OUT_OF_ORDER("first received after a later one of its publisher, topic and QoS"),
  NEVER_SENT("received, and sent by nobody, or with other bytes, or not to this session"),
  RETAINED("the retained message is neither the last acknowledged one nor a later one"),
  SESSION_LOST("no session is present for a client that had one"),
  WRONG_QOS("delivered with another QoS than the lower one of message and subscription"),
  REUSED_ID("another message under a packet identifier whose QoS 2 exchange is open"),
  NOT_ANSWERED("a client waits for an answer that does not come"),
  UNEXPECTED("a packet that does not belong there, or a refusal that nothing explains"),
  BROKER("the broker says that something went wrong, or does not start");

  private final String meaning;

  Fault(String meaning) {
    this.meaning = meaning;
  }

  public String meaning() {
    return meaning;
  }
}
