/** The client's side of a connection as a state machine without I/O. */
@NullMarked
package io.culvert.mqtt.client;

import org.jspecify.annotations.NullMarked;
