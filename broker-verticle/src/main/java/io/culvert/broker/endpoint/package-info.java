/** Clients of a Vert.x {@code MqttServer} of the application, handed to the broker. */
@NullMarked
package io.culvert.broker.endpoint;

import org.jspecify.annotations.NullMarked;
