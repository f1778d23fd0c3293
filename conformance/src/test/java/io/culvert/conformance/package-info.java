/** Black-box tests: Culvert runs as its own process and is reached over loopback only. */
@NullMarked
package io.culvert.conformance;

import org.jspecify.annotations.NullMarked;
