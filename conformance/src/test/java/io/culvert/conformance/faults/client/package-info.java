/** Clients that keep their sessions, log each message, and live in one thread. */
@NullMarked
package io.culvert.conformance.faults.client;

import org.jspecify.annotations.NullMarked;
