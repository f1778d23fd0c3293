/**
 * What requests and answers are, and how they are written: payloads, topics, methods, response
 * codes, options and errors. Nothing here knows a socket, clock, thread, source of chance or
 * logger. The bytes are described in docs/rpc-wire.md.
 */
@NullMarked
package io.culvert.rpc.protocol;

import org.jspecify.annotations.NullMarked;
