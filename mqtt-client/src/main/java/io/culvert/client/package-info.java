/** The MQTT client for Vert.x, and for ordinary threads. */
@NullMarked
package io.culvert.client;

import org.jspecify.annotations.NullMarked;
