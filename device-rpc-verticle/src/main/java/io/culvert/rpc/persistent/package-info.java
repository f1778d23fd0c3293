/**
 * Requests that are kept until their devices have answered. No I/O: {@link
 * io.culvert.rpc.persistent.RequestQueue} says what is to be sent, and is told what came of it.
 */
@NullMarked
package io.culvert.rpc.persistent;

import org.jspecify.annotations.NullMarked;
