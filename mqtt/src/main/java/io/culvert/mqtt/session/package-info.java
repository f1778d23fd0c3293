/**
 * What outlives a single packet, on either side of a connection: messages, deliveries, the window
 * of unacknowledged ones, the identifiers received, and the order of acknowledgements.
 */
@NullMarked
package io.culvert.mqtt.session;

import org.jspecify.annotations.NullMarked;
