/** MQTT 3.1, 3.1.1 and 5.0 as state machines without I/O. */
module io.culvert.mqtt {
  requires transitive io.culvert.engine;
  requires static transitive org.jspecify;

  exports io.culvert.mqtt.auth;
  exports io.culvert.mqtt.client;
  exports io.culvert.mqtt.server;
  exports io.culvert.mqtt.session;
  exports io.culvert.mqtt.topic;
  exports io.culvert.mqtt.wire;
}
