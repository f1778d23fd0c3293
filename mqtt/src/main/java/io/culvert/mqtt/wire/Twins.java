package io.culvert.mqtt.wire;

import org.jspecify.annotations.Nullable;

/**
 * Which statement of MQTT 3.1.1 forbids what a statement of MQTT 5 forbids: for violations of
 * clients that speak the older version. Only those that a violation can name are here.
 */
final class Twins {
  private Twins() {}

  /** The statement of MQTT 3.1.1, or null where that standard has none. */
  static @Nullable Statement of(Statement five) {
    return switch (five) {
      case MQTT5_1_5_4_1 -> Statement.MQTT3_1_5_3_1;
      case MQTT5_1_5_4_2 -> Statement.MQTT3_1_5_3_2;
      case MQTT5_1_5_4_3 -> Statement.MQTT3_1_5_3_3;
      case MQTT5_2_1_3_1 -> Statement.MQTT3_2_2_2_2;
      case MQTT5_2_2_1_3 -> Statement.MQTT3_2_3_1_1;
      case MQTT5_3_1_0_1 -> Statement.MQTT3_3_1_0_1;
      case MQTT5_3_1_0_2 -> Statement.MQTT3_3_1_0_2;
      case MQTT5_3_1_2_1 -> Statement.MQTT3_3_1_2_1;
      case MQTT5_3_1_2_2 -> Statement.MQTT3_3_1_2_2;
      case MQTT5_3_1_2_3 -> Statement.MQTT3_3_1_2_3;
      case MQTT5_3_1_2_11 -> Statement.MQTT3_3_1_2_13;
      case MQTT5_3_1_2_12 -> Statement.MQTT3_3_1_2_14;
      case MQTT5_3_1_2_13 -> Statement.MQTT3_3_1_2_15;
      case MQTT5_3_1_3_4 -> Statement.MQTT3_3_1_3_4;
      case MQTT5_3_1_3_11 -> Statement.MQTT3_3_1_3_10;
      case MQTT5_3_1_3_12 -> Statement.MQTT3_3_1_3_11;
      case MQTT5_3_2_0_1 -> Statement.MQTT3_3_2_0_1;
      case MQTT5_3_2_2_2 -> Statement.MQTT3_3_2_2_1;
      case MQTT5_3_2_2_6 -> Statement.MQTT3_3_2_2_4;
      case MQTT5_3_3_1_2 -> Statement.MQTT3_3_3_1_2;
      case MQTT5_3_3_1_4 -> Statement.MQTT3_3_3_1_4;
      case MQTT5_3_3_2_1 -> Statement.MQTT3_3_3_2_1;
      case MQTT5_3_3_2_2 -> Statement.MQTT3_3_3_2_2;
      case MQTT5_3_6_1_1 -> Statement.MQTT3_3_6_1_1;
      case MQTT5_3_8_1_1 -> Statement.MQTT3_3_8_1_1;
      case MQTT5_3_8_3_1 -> Statement.MQTT3_3_8_3_1;
      case MQTT5_3_8_3_2 -> Statement.MQTT3_3_8_3_3;
      case MQTT5_3_8_3_5 -> Statement.MQTT3_3_8_3_4;
      case MQTT5_3_8_4_2 -> Statement.MQTT3_3_8_4_2;
      case MQTT5_3_8_4_6 -> Statement.MQTT3_3_8_4_5;
      case MQTT5_3_9_3_2 -> Statement.MQTT3_3_9_3_2;
      case MQTT5_3_10_1_1 -> Statement.MQTT3_3_10_1_1;
      case MQTT5_3_10_3_1 -> Statement.MQTT3_3_10_3_1;
      case MQTT5_3_10_3_2 -> Statement.MQTT3_3_10_3_2;
      case MQTT5_3_10_4_4 -> Statement.MQTT3_3_10_4_4;
      case MQTT5_3_14_1_1 -> Statement.MQTT3_3_14_1_1;
      case MQTT5_4_3_3_3 -> Statement.MQTT3_4_3_3_1;
      case MQTT5_4_3_3_4 -> Statement.MQTT3_4_3_3_1;
      case MQTT5_4_7_0_1 -> Statement.MQTT3_4_7_1_1;
      case MQTT5_4_7_1_1 -> Statement.MQTT3_4_7_1_2;
      case MQTT5_4_7_1_2 -> Statement.MQTT3_4_7_1_3;
      case MQTT5_4_7_3_1 -> Statement.MQTT3_4_7_3_1;
      case MQTT5_4_7_3_2 -> Statement.MQTT3_4_7_3_2;
      case MQTT5_4_7_3_3 -> Statement.MQTT3_4_7_3_3;
      default -> null;
    };
  }
}
