/** SCRAM-SHA-256 (RFC 5802, RFC 7677) as state machines without I/O, for both sides. */
@NullMarked
package io.culvert.mqtt.auth;

import org.jspecify.annotations.NullMarked;
