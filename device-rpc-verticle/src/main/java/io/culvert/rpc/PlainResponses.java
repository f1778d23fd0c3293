package io.culvert.rpc;

/**
 * How answers come from devices that know no response topic: on a topic with the device's tag, and
 * the id of the request as its last level.
 */
public enum PlainResponses {
  /**
   * One subscription for each device that is asked, kept while it is in use: no request waits for a
   * subscription but the first. Answers to others who ask the same device come along and are thrown
   * away.
   */
  PER_TARGET,

  /** One for each request, as gf_mqtt_client does: one more round trip, and no others' answers. */
  PER_CALL
}
