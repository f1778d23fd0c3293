/** The client and the broker against each other, over simulated connections that fail. */
@NullMarked
package io.culvert.mqtt.pair;

import org.jspecify.annotations.NullMarked;
