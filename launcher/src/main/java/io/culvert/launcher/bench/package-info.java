/** {@code culvert bench}: load from many MQTT clients, and what it showed. */
@NullMarked
package io.culvert.launcher.bench;

import org.jspecify.annotations.NullMarked;
