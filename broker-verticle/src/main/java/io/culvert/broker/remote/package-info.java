/** Asks others who a client is and what it may do: over HTTP, or over the event bus. */
@NullMarked
package io.culvert.broker.remote;

import org.jspecify.annotations.NullMarked;
