/** {@code culvert pub}, {@code sub} and {@code bench}: MQTT clients for people at a terminal. */
@NullMarked
package io.culvert.launcher.client;

import org.jspecify.annotations.NullMarked;
