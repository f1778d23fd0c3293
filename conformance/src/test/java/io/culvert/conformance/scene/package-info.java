/** What the test extension hands to each test. */
@NullMarked
package io.culvert.conformance.scene;

import org.jspecify.annotations.NullMarked;
