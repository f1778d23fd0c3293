/** I/O-free MQTT 3.1, 3.1.1 and 5.0. */
module io.culvert.mqtt {
  requires io.culvert.engine;
  requires static org.jspecify;
}
