/**
 * Asking devices over MQTT: a request for a resource and its answer, once and within a deadline, on
 * the wire of gf_mqtt_client and beyond it. See docs/rpc.md.
 */
@NullMarked
package io.culvert.rpc;

import org.jspecify.annotations.NullMarked;
