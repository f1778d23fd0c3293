/** Files that settings name: secrets and certificates, which may change while we run. */
@NullMarked
package io.culvert.runtime.files;

import org.jspecify.annotations.NullMarked;
