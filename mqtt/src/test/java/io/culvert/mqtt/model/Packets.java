package io.culvert.mqtt.model;

import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.ReasonCode;

/** Acknowledgements without anything special. */
final class Packets {
  private Packets() {}

  static PubAck pubAck(int id) {
    return new PubAck(id, ReasonCode.SUCCESS, Properties.EMPTY);
  }

  static PubRec pubRec(int id) {
    return new PubRec(id, ReasonCode.SUCCESS, Properties.EMPTY);
  }

  static PubRel pubRel(int id) {
    return new PubRel(id, ReasonCode.SUCCESS, Properties.EMPTY);
  }

  static PubComp pubComp(int id) {
    return new PubComp(id, ReasonCode.SUCCESS, Properties.EMPTY);
  }
}
