// What a person should know although nothing failed: a kernel that is not used because it computes wrongly.
#pragma once

#include <functional>
#include <string>

namespace ropescope {

// Where warnings go from now on, for the whole process; standard error until it is set, and again after an empty one.
// The sink may be called from any thread, one call at a time.
void setWarningSink(std::function<void(const std::string&)> sink);

void warn(const std::string& text);

} // namespace ropescope
