package io.culvert.mqtt.server;

/** Told of what an operator may want to know, for a driver's log. */
public interface BrokerLog {
  /** For those who do not want to know. */
  BrokerLog NONE =
      new BrokerLog() {
        @Override
        public void dropped(Session session, DropReason reason, int messages, long nowMillis) {}

        @Override
        public void failed(Session session, RuntimeException failure) {}
      };

  /** Some messages, usually one, will not reach this session. */
  void dropped(Session session, DropReason reason, int messages, long nowMillis);

  /** A mistake of ours while a message was delivered to this session; its connection is closed. */
  void failed(Session session, RuntimeException failure);
}
