/** Plain sockets: bytes that no client library would send. */
@NullMarked
package io.culvert.conformance.raw;

import org.jspecify.annotations.NullMarked;
