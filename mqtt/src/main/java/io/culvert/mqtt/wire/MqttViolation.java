package io.culvert.mqtt.wire;

import io.culvert.engine.Violation;
import org.jspecify.annotations.Nullable;

/**
 * The peer has broken the MQTT protocol: which reason code it gets, and which statement it broke.
 */
public final class MqttViolation extends Violation {
  private static final long serialVersionUID = 1L;

  private final ReasonCode reasonCode;
  private final @Nullable Statement statement;

  public MqttViolation(ReasonCode reasonCode, @Nullable Statement statement, String detail) {
    super(detail);
    this.reasonCode = reasonCode;
    this.statement = statement;
  }

  public ReasonCode reasonCode() {
    return reasonCode;
  }

  /** The broken statement, or null where the standard gives none. */
  public @Nullable Statement statement() {
    return statement;
  }

  /** The same with the statement of the version that the peer speaks. */
  public MqttViolation in(MqttVersion version) {
    Statement named = statement == null ? null : statement.in(version);
    return named == statement ? this : new MqttViolation(reasonCode, named, detail());
  }

  @Override
  public int code() {
    return reasonCode.value();
  }

  @Override
  public String statementId() {
    return statement == null ? "" : statement.id();
  }
}
