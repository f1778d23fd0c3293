/** Culvert's client with other people's servers. */
@NullMarked
package io.culvert.conformance.client;

import org.jspecify.annotations.NullMarked;
