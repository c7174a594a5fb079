#include "engine/model/attention_form.h"

#include "tests/support/catch.h"

using namespace ropescope;

TEST_CASE("forms of attention") {
    CHECK(parseAttention("full", 256).value() == AttentionForm(FullAttention{}));
    CHECK(parseAttention("lm-infinite", 256).value() == AttentionForm(LambdaAttention{256, 10, 0, 4}));
    CHECK(parseAttention("lm-infinite:128,4", 256).value() == AttentionForm(LambdaAttention{128, 4, 0, 4}));
    CHECK(parseAttention("lm-infinite:128,4,5,2", 256).value() == AttentionForm(LambdaAttention{128, 4, 5, 2}));
    for (const char* spec : {"", "half", "full:1", "lm-infinite:", "lm-infinite:128", "lm-infinite:0,4",
                             "lm-infinite:128,-1", "lm-infinite:128,4,5", "lm-infinite:128,4x",
                             "lm-infinite:99999999999,1", "lm-infinite-mask:4", "lm-infinite-ceiling:4,4"}) {
        const auto form = parseAttention(spec, 256);
        REQUIRE_FALSE(form);
        CHECK(form.error().kind == ErrorKind::usage);
    }
    CHECK(parseAttention("lm-infinite-mask", 256).value() == AttentionForm(LambdaMaskAttention{256, 10}));
    CHECK(parseAttention("lm-infinite-ceiling", 256).value() == AttentionForm(DistanceCeilingAttention{256}));
    for (const char* spec :
         {"full", "lm-infinite:128,4", "lm-infinite:128,4,5,2", "lm-infinite-mask:64,0", "lm-infinite-ceiling:64"})
        CHECK(attentionText(parseAttention(spec, 256).value()) == spec);
}
