/** MQTT on the wire: packets as values, their property table, strict decoder, minimal encoder. */
@NullMarked
package io.culvert.mqtt.wire;

import org.jspecify.annotations.NullMarked;
