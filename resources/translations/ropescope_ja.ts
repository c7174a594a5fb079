<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
<context>
    <name>main</name>
    <message>
        <source>Ropescope&apos;s window</source>
        <translation>Ropescope のウィンドウ</translation>
    </message>
    <message>
        <source>Draw every page into PNG files in DIR.</source>
        <translation>全ページを DIR に PNG として描きます。</translation>
    </message>
    <message>
        <source>Measure event-loop latency while the bundled model is searched.</source>
        <translation>付属モデルの探索中にイベントループの遅延を測ります。</translation>
    </message>
    <message>
        <source>A study to open.</source>
        <translation>開くスタディ。</translation>
    </message>
    <message>
        <source>A model folder, a GGUF file or a text to open.</source>
        <translation>開くモデルフォルダ、GGUF ファイル、またはテキスト。</translation>
    </message>
</context>
<context>
    <name>ropescope::AngleControls</name>
    <message>
        <source>Target length</source>
        <translation>目標長</translation>
    </message>
    <message>
        <source>Target length in tokens</source>
        <translation>目標長（トークン）</translation>
    </message>
    <message>
        <source>Target length in tokens, to 1,000,000. Angles are counted over positions 0 to target − 1.</source>
        <translation>目標長（トークン、最大 1,000,000）。角度は位置 0 から目標長 − 1 まで数えます。</translation>
    </message>
    <message>
        <source>target</source>
        <translation>目標</translation>
    </message>
    <message>
        <source>Angle bins</source>
        <translation>角度のビン数</translation>
    </message>
    <message>
        <source>Bins of [0, 2π) that angles are counted in; the paper&apos;s number is 360</source>
        <translation>[0, 2π) を分けるビンの数。論文では 360</translation>
    </message>
    <message>
        <source>bins</source>
        <translation>ビン</translation>
    </message>
    <message>
        <source>DPRoPE&apos;s threshold</source>
        <translation>DPRoPE のしきい値</translation>
    </message>
    <message>
        <source>DPRoPE interpolates a pair when that lowers its disturbance by more than this, in nats</source>
        <translation>この値（nat）より大きく乱れが減るとき、DPRoPE はそのペアを補間します</translation>
    </message>
    <message>
        <source>DPRoPE t</source>
        <translation>DPRoPE t</translation>
    </message>
    <message>
        <source>trained</source>
        <translation>学習</translation>
    </message>
    <message>
        <source>difference</source>
        <translation>差</translation>
    </message>
    <message>
        <source>What the angle track shows</source>
        <translation>角度トラックの表示</translation>
    </message>
    <message>
        <source>paint</source>
        <translation>ブラシ</translation>
    </message>
    <message>
        <source>Strokes on the factors paint smoothly over neighbouring pairs (the same as holding Alt)</source>
        <translation>ドラッグで隣のペアもなめらかに塗ります（Alt を押すのと同じ）</translation>
    </message>
</context>
<context>
    <name>ropescope::AngleHistogram</name>
    <message>
        <source>Angles of the selected pair, trained and target</source>
        <translation>選択したペアの角度（学習と目標）</translation>
    </message>
    <message>
        <source>Density of positions by angle of the selected pair, 1 where all angles are visited evenly. Grey: positions of the trained length; line: of the target length, with this set&apos;s factor.</source>
        <translation>選択したペアの角度ごとの位置の密度。均等なら 1。灰色は学習長、線はこのセットの係数での目標長。</translation>
    </message>
    <message>
        <source>Pair %1: where its angle falls</source>
        <translation>ペア %1：角度の分布</translation>
    </message>
    <message>
        <source>Angles</source>
        <translation>角度</translation>
    </message>
    <message>
        <source>trained</source>
        <translation>学習</translation>
    </message>
    <message>
        <source>target</source>
        <translation>目標</translation>
    </message>
</context>
<context>
    <name>ropescope::AngleTrack</name>
    <message>
        <source>angle</source>
        <translation>角度</translation>
    </message>
    <message>
        <source>× even</source>
        <translation>× 均等</translation>
    </message>
    <message>
        <source>trained</source>
        <translation>学習</translation>
    </message>
    <message>
        <source>target</source>
        <translation>目標</translation>
    </message>
    <message>
        <source>target − trained</source>
        <translation>目標 − 学習</translation>
    </message>
    <message>
        <source>No factor set is selected</source>
        <translation>係数セットが選ばれていません</translation>
    </message>
    <message>
        <source>&lt;b&gt;Angle&lt;/b&gt;: position × inverse frequency, modulo 2π, over all positions of the length. Colour is the density of positions; 1 where all angles are visited evenly.</source>
        <translation>&lt;b&gt;角度&lt;/b&gt;：位置 × 逆周波数（2π を法とする）を全位置で数えたもの。色は位置の密度で、均等なら 1。</translation>
    </message>
    <message>
        <source>&lt;br&gt;pair %1: %2 turns trained, %3 turns at the target length</source>
        <translation>&lt;br&gt;ペア %1：学習で %2 回転、目標長で %3 回転</translation>
    </message>
</context>
<context>
    <name>ropescope::AttentionField</name>
    <message>
        <source>Attention factor</source>
        <translation>注意係数</translation>
    </message>
    <message>
        <source>Attention factor of the current set: multiplies cos and sin of queries and keys, so logits scale by its square. YaRN&apos;s is 0.1 ln s + 1. Up and Down: 0.01</source>
        <translation>現在のセットの注意係数。クエリとキーの cos と sin に掛かるため、ロジットはその 2 乗倍になります。YaRN では 0.1 ln s + 1 です。上下キー: 0.01</translation>
    </message>
</context>
<context>
    <name>ropescope::AxisHeader</name>
    <message>
        <source>pair</source>
        <translation>ペア</translation>
    </message>
    <message>
        <source>Rotary pairs and their wavelengths</source>
        <translation>回転ペアとその波長</translation>
    </message>
    <message>
        <source>wavelength</source>
        <translation>波長</translation>
    </message>
    <message>
        <source>&lt;b&gt;Rotary pair&lt;/b&gt; i turns once in 2π θ&lt;sup&gt;2i/D&lt;/sup&gt; tokens: its wavelength as trained.&lt;br&gt;Drag to select a segment.</source>
        <translation>&lt;b&gt;回転ペア&lt;/b&gt; i は 2π θ&lt;sup&gt;2i/D&lt;/sup&gt; トークンで一回転します（学習時の波長）。&lt;br&gt;ドラッグで区間を選択。</translation>
    </message>
    <message>
        <source>&lt;br&gt;pair %1: %2 tokens per turn</source>
        <translation>&lt;br&gt;ペア %1：一回転 %2 トークン</translation>
    </message>
</context>
<context>
    <name>ropescope::Bench</name>
    <message>
        <source>As trained</source>
        <translation>学習のまま</translation>
    </message>
    <message>
        <source>PI</source>
        <translation>PI</translation>
    </message>
    <message>
        <source>NTK-aware</source>
        <translation>NTK-aware</translation>
    </message>
    <message>
        <source>YaRN</source>
        <translation>YaRN</translation>
    </message>
    <message>
        <source>Llama 3</source>
        <translation>Llama 3</translation>
    </message>
    <message>
        <source>DPRoPE</source>
        <translation>DPRoPE</translation>
    </message>
</context>
<context>
    <name>ropescope::BestCurve</name>
    <message>
        <source>Best perplexity so far</source>
        <translation>これまでの最良パープレキシティ</translation>
    </message>
    <message>
        <source>Best so far</source>
        <translation>これまでの最良</translation>
    </message>
    <message>
        <source>evaluations</source>
        <translation>評価回数</translation>
    </message>
    <message>
        <source>seconds</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>start</source>
        <translation>開始</translation>
    </message>
    <message>
        <source>%1: perplexity %2</source>
        <translation>%1: パープレキシティ %2</translation>
    </message>
    <message>
        <source>evaluation %1: perplexity %2</source>
        <translation>評価 %1: パープレキシティ %2</translation>
    </message>
    <message>
        <source>The best perplexity appears here.</source>
        <translation>最良のパープレキシティがここに表示されます。</translation>
    </message>
</context>
<context>
    <name>ropescope::ChartPanel</name>
    <message>
        <source>Save…</source>
        <translation>保存…</translation>
    </message>
    <message>
        <source>Writes this chart as PNG or SVG</source>
        <translation>この図を PNG または SVG として書き出します</translation>
    </message>
    <message>
        <source>Save picture: %1</source>
        <translation>画像を保存: %1</translation>
    </message>
    <message>
        <source>Save picture</source>
        <translation>画像を保存</translation>
    </message>
    <message>
        <source>PNG picture (*.png);;SVG drawing (*.svg)</source>
        <translation>PNG 画像 (*.png);;SVG 図 (*.svg)</translation>
    </message>
    <message>
        <source>The picture could not be written to %1.</source>
        <translation>画像を %1 に書き込めませんでした。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>もう一度</translation>
    </message>
</context>
<context>
    <name>ropescope::ComparisonPanel</name>
    <message>
        <source>Comparison of all sets</source>
        <translation>全セットの比較</translation>
    </message>
    <message>
        <source>All sets</source>
        <translation>全セット</translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation>テキストでコピー</translation>
    </message>
    <message>
        <source>Columns lined up with spaces</source>
        <translation>空白で列を揃えます</translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation>Markdown でコピー</translation>
    </message>
    <message>
        <source>A pipe table</source>
        <translation>パイプ区切りの表</translation>
    </message>
    <message>
        <source>Save CSV…</source>
        <translation>CSV を保存…</translation>
    </message>
    <message>
        <source>Full numbers, errors in columns of their own</source>
        <translation>全桁の数値。誤差は別の列です</translation>
    </message>
    <message>
        <source>Save the comparison</source>
        <translation>比較を保存</translation>
    </message>
    <message>
        <source>CSV (*.csv)</source>
        <translation>CSV (*.csv)</translation>
    </message>
    <message>
        <source>The table could not be written to %1: %2</source>
        <translation>表を %1 に書き込めませんでした: %2</translation>
    </message>
</context>
<context>
    <name>ropescope::ComparisonTableModel</name>
    <message>
        <source>reference</source>
        <translation>基準</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%2 中 %1</translation>
    </message>
    <message>
        <source>Set</source>
        <translation>セット</translation>
    </message>
    <message>
        <source>Origin</source>
        <translation>由来</translation>
    </message>
    <message>
        <source>Attention factor</source>
        <translation>注意係数</translation>
    </message>
    <message>
        <source>multiplies cos and sin of queries and keys</source>
        <translation>クエリとキーの cos と sin に掛かる係数</translation>
    </message>
    <message>
        <source>Δ NLL</source>
        <translation>Δ NLL</translation>
    </message>
    <message>
        <source>mean over the same tokens of NLL(set) − NLL(%1), nats per token, ± its standard error; below 0 is better</source>
        <translation>同じトークンでの NLL(セット) − NLL(%1) の平均 ± 標準誤差（nat/トークン）。0 未満ほど良い</translation>
    </message>
    <message>
        <source>mean over the same tokens of NLL(set) − NLL(reference), nats per token</source>
        <translation>同じトークンでの NLL(セット) − NLL(基準) の平均（nat/トークン）</translation>
    </message>
    <message>
        <source>Passkey</source>
        <translation>パスキー</translation>
    </message>
    <message>
        <source>right answers of all trials, over all lengths and depths</source>
        <translation>全長さ・全深さの試行のうち正答数</translation>
    </message>
    <message>
        <source>PPL at %1</source>
        <translation>PPL（%1）</translation>
    </message>
    <message>
        <source>Perplexity, exp(mean NLL), ± its standard error, windows of %1 tokens</source>
        <translation>パープレキシティ exp(平均 NLL) ± 標準誤差、%1 トークンの窓</translation>
    </message>
</context>
<context>
    <name>ropescope::DecisionListModel</name>
    <message>
        <source>skipped</source>
        <translation>スキップ</translation>
    </message>
    <message>
        <source>locked</source>
        <translation>ロック</translation>
    </message>
    <message>
        <source>none valid</source>
        <translation>有効なし</translation>
    </message>
    <message>
        <source>Level %1, %2</source>
        <translation>レベル %1、%2</translation>
    </message>
    <message>
        <source>%1: skipped by hand</source>
        <translation>%1：手動でスキップ</translation>
    </message>
    <message>
        <source>%1: locked</source>
        <translation>%1：ロック</translation>
    </message>
    <message>
        <source>%1: none of %2 candidates was valid; nothing changed</source>
        <translation>%1：候補 %2 件に有効なものがなく、変更なし</translation>
    </message>
    <message>
        <source>%1: best %2; next window %3 to %4; %5 of %6 invalid</source>
        <translation>%1：最良 %2、次の範囲 %3 〜 %4、%6 件中 %5 件が無効</translation>
    </message>
</context>
<context>
    <name>ropescope::DimensionsPage</name>
    <message>
        <source>Dimensions</source>
        <translation>次元</translation>
    </message>
</context>
<context>
    <name>ropescope::DisturbanceTrack</name>
    <message>
        <source>disturbance</source>
        <translation>乱れ</translation>
    </message>
    <message>
        <source>No factor set is selected</source>
        <translation>係数セットが選ばれていません</translation>
    </message>
    <message>
        <source>&lt;b&gt;Disturbance&lt;/b&gt;: D&lt;sub&gt;i&lt;/sub&gt; = Σ&lt;sub&gt;k&lt;/sub&gt; P&lt;sub&gt;trained&lt;/sub&gt;(k) ln(P&lt;sub&gt;trained&lt;/sub&gt;(k) / P&lt;sub&gt;target&lt;/sub&gt;(k)) over the angle bins k, in nats (DPRoPE, arXiv 2410.01490).&lt;br&gt;How much the angles of this pair differ from those it was trained on.</source>
        <translation>&lt;b&gt;乱れ&lt;/b&gt;：D&lt;sub&gt;i&lt;/sub&gt; = Σ&lt;sub&gt;k&lt;/sub&gt; P&lt;sub&gt;学習&lt;/sub&gt;(k) ln(P&lt;sub&gt;学習&lt;/sub&gt;(k) / P&lt;sub&gt;目標&lt;/sub&gt;(k))、角度ビン k の和、単位 nat（DPRoPE、arXiv 2410.01490）。&lt;br&gt;このペアの角度が学習時とどれだけ違うか。</translation>
    </message>
    <message>
        <source>&lt;br&gt;pair %1: %2</source>
        <translation>&lt;br&gt;ペア %1：%2</translation>
    </message>
</context>
<context>
    <name>ropescope::ExportPage</name>
    <message>
        <source>Export</source>
        <translation>書き出し</translation>
    </message>
    <message>
        <source>Programs to write for</source>
        <translation>書き出し先のプログラム</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>コピー</translation>
    </message>
    <message>
        <source>Puts the text on the clipboard</source>
        <translation>本文をクリップボードへコピーします</translation>
    </message>
    <message>
        <source>What will be written</source>
        <translation>書き込まれる内容</translation>
    </message>
    <message>
        <source>Before you use it</source>
        <translation>使う前に</translation>
    </message>
    <message>
        <source>Warnings and notes</source>
        <translation>警告と注記</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>保存…</translation>
    </message>
    <message>
        <source>Writes exactly the text in the middle (Ctrl+S)</source>
        <translation>中央に見えるとおりの内容を書き出します (Ctrl+S)</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>検証</translation>
    </message>
    <message>
        <source>Reads the written file back and compares every factor and the attention factor</source>
        <translation>書き出したファイルを読み直し、全係数と注意係数を比べます</translation>
    </message>
    <message>
        <source>This set has not been measured at %1 tokens.</source>
        <translation>このセットは %1 トークンでまだ測定されていません。</translation>
    </message>
    <message>
        <source>The model gave NaN with this set at %1 tokens.</source>
        <translation>このセットではモデルが %1 トークンで NaN を返しました。</translation>
    </message>
    <message>
        <source>No factor set</source>
        <translation>係数セットなし</translation>
    </message>
    <message>
        <source>Select a factor set in the list at the left.</source>
        <translation>左の一覧で係数セットを選んでください。</translation>
    </message>
    <message>
        <source>The file is no text; its bytes are shown.</source>
        <translation>テキストではないファイルのため、バイト列を示します。</translation>
    </message>
    <message>
        <source>%1 is written beside it: what the file itself can&apos;t say.</source>
        <translation>ファイル自身に書けない情報は %1 として隣に書き出されます。</translation>
    </message>
    <message>
        <source>Written: %1</source>
        <translation>書き出しました: %1</translation>
    </message>
    <message>
        <source>%1 reads back with the same %2 factors and attention factor %3.</source>
        <translation>%1 を読み直すと、同じ %2 個の係数と注意係数 %3 です。</translation>
    </message>
    <message>
        <source>Save factors</source>
        <translation>係数を保存</translation>
    </message>
    <message>
        <source>Nothing to watch out for: the file holds the factors and the attention factor as they are.</source>
        <translation>注意点はありません。ファイルには係数とアテンション係数がそのまま入ります。</translation>
    </message>
    <message>
        <source>The model&apos;s hash is not known: the file says only where the model lies.</source>
        <translation>モデルのハッシュは不明です。ファイルにはモデルの場所だけが書かれます。</translation>
    </message>
</context>
<context>
    <name>ropescope::FactorSetDelegate</name>
    <message>
        <source>measure</source>
        <translation>測定</translation>
    </message>
    <message>
        <source>current</source>
        <translation>現在</translation>
    </message>
    <message>
        <source>%1, hidden</source>
        <translation>%1、非表示</translation>
    </message>
    <message>
        <source>perplexity at %1</source>
        <translation>%1 でのパープレキシティ</translation>
    </message>
</context>
<context>
    <name>ropescope::FactorSetEditor</name>
    <message>
        <source>hand-tuned</source>
        <translation>手動調整</translation>
    </message>
    <message>
        <source>edited, from %1</source>
        <translation>%1 から編集</translation>
    </message>
    <message>
        <source>Shape %1</source>
        <translation>%1 を整形</translation>
    </message>
    <message>
        <source>Change the attention factor</source>
        <translation>注意係数を変更</translation>
    </message>
    <message>
        <source>Add %1</source>
        <translation>%1 を追加</translation>
    </message>
    <message>
        <source>Remove %1</source>
        <translation>%1 を削除</translation>
    </message>
    <message>
        <source>Rename %1</source>
        <translation>%1 の名前を変更</translation>
    </message>
    <message>
        <source>Move %1</source>
        <translation>%1 を移動</translation>
    </message>
    <message>
        <source>Lock pairs</source>
        <translation>ペアをロック</translation>
    </message>
    <message>
        <source>Unlock pairs</source>
        <translation>ロックを解除</translation>
    </message>
</context>
<context>
    <name>ropescope::FactorSetList</name>
    <message>
        <source>Factor sets</source>
        <translation>係数セット</translation>
    </message>
    <message>
        <source>Click: current set. On the colour: show or hide (H). F2: rename. Ctrl+D: duplicate. Delete: remove.</source>
        <translation>クリック：現在のセットにする。色の上：表示／非表示（H）。F2：名前の変更。Ctrl+D：複製。Delete：削除。</translation>
    </message>
    <message>
        <source>+ method</source>
        <translation>+ 手法</translation>
    </message>
    <message>
        <source>import</source>
        <translation>読み込み</translation>
    </message>
    <message>
        <source>Read factors from a file (Ctrl+I)</source>
        <translation>ファイルから係数を読み込む（Ctrl+I）</translation>
    </message>
    <message>
        <source>duplicate</source>
        <translation>複製</translation>
    </message>
    <message>
        <source>A copy of the current set, to shape by hand (Ctrl+D)</source>
        <translation>手で整形するための現在のセットの複製（Ctrl+D）</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>隠す</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>表示</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>測定</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>書き出し…</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>名前の変更…</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>複製</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上へ</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下へ</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>削除</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>名前の変更</translation>
    </message>
    <message>
        <source>Name of the factor set</source>
        <translation>係数セットの名前</translation>
    </message>
</context>
<context>
    <name>ropescope::FactorSetListModel</name>
    <message>
        <source>%1, %2, perplexity %3</source>
        <translation>%1、%2、パープレキシティ %3</translation>
    </message>
    <message>
        <source>%1, %2, not measured</source>
        <translation>%1、%2、未測定</translation>
    </message>
    <message>
        <source>method</source>
        <translation>手法</translation>
    </message>
    <message>
        <source>imported</source>
        <translation>読み込み</translation>
    </message>
    <message>
        <source>search</source>
        <translation>探索</translation>
    </message>
    <message>
        <source>edited</source>
        <translation>編集</translation>
    </message>
</context>
<context>
    <name>ropescope::FactorsTrack</name>
    <message>
        <source>factor λ</source>
        <translation>係数 λ</translation>
    </message>
    <message>
        <source>lock</source>
        <translation>ロック</translation>
    </message>
    <message>
        <source>one turn = trained length</source>
        <translation>一回転 = 学習長</translation>
    </message>
    <message>
        <source>one turn = target length</source>
        <translation>一回転 = 目標長</translation>
    </message>
    <message>
        <source>pair %1   %2   wavelength %3 tokens   unseen %4</source>
        <translation>ペア %1   %2   波長 %3 トークン   未見 %4</translation>
    </message>
    <message>
        <source>Choose a model to see its rotary pairs</source>
        <translation>モデルを選ぶと回転ペアが表示されます</translation>
    </message>
    <message>
        <source>Add a method or import a factor file to see factors here</source>
        <translation>手法を追加するか係数ファイルを読み込んでください</translation>
    </message>
    <message>
        <source>&lt;b&gt;Factor λ&lt;/b&gt;: pair i turns by position × θ&lt;sup&gt;−2i/D&lt;/sup&gt; / λ&lt;sub&gt;i&lt;/sub&gt;; above 1 it turns slower than trained.&lt;br&gt;Drag a handle; Shift: slower; Alt: paint; double click: type; Up, Down: 1 %; Ctrl: 0.1 %.</source>
        <translation>&lt;b&gt;係数 λ&lt;/b&gt;：ペア i の回転角は位置 × θ&lt;sup&gt;−2i/D&lt;/sup&gt; / λ&lt;sub&gt;i&lt;/sub&gt;。1 より大きいと学習時より遅く回ります。&lt;br&gt;点をドラッグ、Shift：ゆっくり、Alt：ブラシ、ダブルクリック：数値入力、上下キー：1 %、Ctrl：0.1 %。</translation>
    </message>
    <message>
        <source>&lt;br&gt;%1, pair %2: %3</source>
        <translation>&lt;br&gt;%1、ペア %2：%3</translation>
    </message>
    <message>
        <source>Drag %1</source>
        <translation>%1 をドラッグ</translation>
    </message>
    <message>
        <source>Factor of pair %1</source>
        <translation>ペア %1 の係数</translation>
    </message>
    <message>
        <source>Set %1</source>
        <translation>%1 を設定</translation>
    </message>
    <message>
        <source>Change %1</source>
        <translation>%1 を変更</translation>
    </message>
    <message>
        <source>Type a factor…</source>
        <translation>係数を入力…</translation>
    </message>
    <message>
        <source>Smooth %1</source>
        <translation>%1 を平滑化</translation>
    </message>
    <message>
        <source>Scale %1 by %2</source>
        <translation>%1 を %2 倍</translation>
    </message>
    <message>
        <source>Scale %1</source>
        <translation>%1 を拡大縮小</translation>
    </message>
    <message>
        <source>Unlock %1</source>
        <translation>%1 のロックを解除</translation>
    </message>
    <message>
        <source>Lock %1</source>
        <translation>%1 をロック</translation>
    </message>
    <message>
        <source>attention</source>
        <translation>注意係数</translation>
    </message>
    <message>
        <source>A factor is a number above 0, such as %1</source>
        <translation>係数は %1 のような 0 より大きい数です</translation>
    </message>
</context>
<context>
    <name>ropescope::FirstSteps</name>
    <message>
        <source>&lt;b&gt;One extension in five steps&lt;/b&gt;</source>
        <translation>&lt;b&gt;5 ステップで文脈を延ばす&lt;/b&gt;</translation>
    </message>
    <message>
        <source>close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>Close this list for good</source>
        <translation>この一覧を今後表示しない</translation>
    </message>
    <message>
        <source>Drag the target length</source>
        <translation>目標長をドラッグする</translation>
    </message>
    <message>
        <source>Step one segment of the search (N)</source>
        <translation>探索を一区間進める（N）</translation>
    </message>
    <message>
        <source>Pull a pair by hand</source>
        <translation>ペアを手で動かす</translation>
    </message>
    <message>
        <source>Measure both (Ctrl+Shift+E)</source>
        <translation>両方を測定する（Ctrl+Shift+E）</translation>
    </message>
    <message>
        <source>Export (Ctrl+4)</source>
        <translation>書き出す（Ctrl+4）</translation>
    </message>
</context>
<context>
    <name>ropescope::ForecastBar</name>
    <message>
        <source>Memory by part</source>
        <translation>メモリの内訳</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>free: %1</source>
        <translation>空き: %1</translation>
    </message>
</context>
<context>
    <name>ropescope::IncrementChart</name>
    <message>
        <source>Increments of the segment against perplexity</source>
        <translation>区間の増分とパープレキシティ</translation>
    </message>
    <message>
        <source>Perplexity of each candidate: the same increment is added to all factors of the segment. Filled: the best three, which span the window of both halves; ringed: the winner; faint: invalid.</source>
        <translation>各候補のパープレキシティ。区間の全係数に同じ増分を加えます。塗りつぶし：両半分の範囲を決める上位三つ、輪：勝者、薄い：無効。</translation>
    </message>
    <message>
        <source>Decided on %1, level %2</source>
        <translation>決定：%1、レベル %2</translation>
    </message>
    <message>
        <source>On %1, level %2: increment against perplexity</source>
        <translation>%1、レベル %2：増分とパープレキシティ</translation>
    </message>
    <message>
        <source>Increment against perplexity</source>
        <translation>増分とパープレキシティ</translation>
    </message>
    <message>
        <source>before</source>
        <translation>以前</translation>
    </message>
    <message>
        <source>The candidates of a segment appear here.</source>
        <translation>区間の候補がここに表示されます。</translation>
    </message>
    <message>
        <source>next window</source>
        <translation>次の範囲</translation>
    </message>
    <message>
        <source>no candidate scored yet</source>
        <translation>まだ評価された候補はありません</translation>
    </message>
</context>
<context>
    <name>ropescope::JobBar</name>
    <message>
        <source>cancel</source>
        <translation>中止</translation>
    </message>
    <message>
        <source>dismiss</source>
        <translation>消す</translation>
    </message>
    <message>
        <source>Open the queue and the log (Ctrl+J)</source>
        <translation>待ち行列とログを開く（Ctrl+J）</translation>
    </message>
    <message>
        <source>Progress of the running job</source>
        <translation>実行中のジョブの進み具合</translation>
    </message>
    <message>
        <source>Stop the running job at its next safe point; what was computed is kept (Esc)</source>
        <translation>次の安全な時点で止めます。計算済みの結果は残ります（Esc）</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Nothing is running</source>
        <translation>実行中のジョブはありません</translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>待ち %n 件</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 memory</source>
        <translation>メモリ %1</translation>
    </message>
</context>
<context>
    <name>ropescope::JobDialog</name>
    <message>
        <source>Jobs</source>
        <translation>ジョブ</translation>
    </message>
    <message>
        <source>Running, waiting and ended jobs</source>
        <translation>実行中・待機中・終了したジョブ</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>ログ</translation>
    </message>
    <message>
        <source>Cancel job</source>
        <translation>ジョブを中止</translation>
    </message>
    <message>
        <source>Stops the chosen job at its next safe point</source>
        <translation>選んだジョブを次の安全な時点で止めます</translation>
    </message>
    <message>
        <source>Copy log</source>
        <translation>ログをコピー</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>Jobs, newest last</source>
        <translation>ジョブ（新しいものが下）</translation>
    </message>
</context>
<context>
    <name>ropescope::JobQueue</name>
    <message>
        <source>waiting</source>
        <translation>待機中</translation>
    </message>
    <message>
        <source>done in %1</source>
        <translation>%1 で完了</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>中止済み</translation>
    </message>
    <message>
        <source>failed: %1</source>
        <translation>失敗：%1</translation>
    </message>
    <message>
        <source>stopping at the next safe point…</source>
        <translation>次の安全な時点で停止します…</translation>
    </message>
    <message>
        <source>%1 of %2 %3</source>
        <translation>%1 / %2 %3</translation>
    </message>
    <message>
        <source>%1 /s</source>
        <translation>%1 /秒</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>残り %1</translation>
    </message>
    <message>
        <source>starting…</source>
        <translation>開始しています…</translation>
    </message>
</context>
<context>
    <name>ropescope::LandscapeCharts</name>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>%1: NLL %2, perplexity %3</source>
        <translation>%1: NLL %2、パープレキシティ %3</translation>
    </message>
    <message>
        <source> and </source>
        <translation>、</translation>
    </message>
    <message>
        <source>%1: the model gave NaN</source>
        <translation>%1: モデルが NaN を返しました</translation>
    </message>
    <message>
        <source>scale of the factors of %1</source>
        <translation>%1 の係数の倍率</translation>
    </message>
    <message>
        <source>NLL, nats per token</source>
        <translation>NLL（nat/トークン）</translation>
    </message>
    <message>
        <source>scale of %1</source>
        <translation>%1 の倍率</translation>
    </message>
</context>
<context>
    <name>ropescope::LandscapeController</name>
    <message>
        <source>landscape of %1</source>
        <translation>%1 の地形</translation>
    </message>
    <message>
        <source>set that is gone (%1)</source>
        <translation>もうないセット（%1）</translation>
    </message>
</context>
<context>
    <name>ropescope::LandscapeForm</name>
    <message>
        <source>pairs</source>
        <translation>ペア</translation>
    </message>
    <message>
        <source>and pairs</source>
        <translation>とペア</translation>
    </message>
    <message>
        <source>one segment</source>
        <translation>1 区間</translation>
    </message>
    <message>
        <source>two segments</source>
        <translation>2 区間</translation>
    </message>
    <message>
        <source>A curve: the factors of one segment are multiplied by a common scale</source>
        <translation>曲線: 1 区間の係数に共通の倍率を掛けます</translation>
    </message>
    <message>
        <source>A map: two segments, each with a scale of its own</source>
        <translation>地図: 2 区間にそれぞれの倍率を掛けます</translation>
    </message>
    <message>
        <source>First pair of the segment</source>
        <translation>区間の最初のペア</translation>
    </message>
    <message>
        <source>Last pair of the segment</source>
        <translation>区間の最後のペア</translation>
    </message>
    <message>
        <source>The segment whose factors are multiplied; a segment selected on the Dimensions page comes here</source>
        <translation>係数に倍率を掛ける区間。「次元」ページで選んだ区間がここに入ります</translation>
    </message>
    <message>
        <source>λ′ᵢ = scale · λᵢ for all pairs of the segment; the scale runs over this range, evenly in its logarithm</source>
        <translation>区間の全ペアで λ′ᵢ = 倍率 · λᵢ。倍率はこの範囲を対数で等間隔に動きます</translation>
    </message>
    <message>
        <source>Smallest scale</source>
        <translation>最小の倍率</translation>
    </message>
    <message>
        <source>Largest scale</source>
        <translation>最大の倍率</translation>
    </message>
    <message>
        <source>times</source>
        <translation>倍率</translation>
    </message>
    <message>
        <source>to</source>
        <translation>～</translation>
    </message>
    <message>
        <source>Points of the curve, or along each axis of the map</source>
        <translation>曲線の点数、または地図の各軸の点数</translation>
    </message>
    <message>
        <source>A curve puts its points where it bends; a map has this many along each axis, coarse ones first</source>
        <translation>曲線は曲がる所に点を置き、地図は各軸にこの数だけ粗い順に置きます</translation>
    </message>
    <message>
        <source>Tokens per window</source>
        <translation>窓あたりのトークン数</translation>
    </message>
    <message>
        <source>Tokens that are scored together; the target length at first</source>
        <translation>まとめて評価するトークン数。初めは目標長です</translation>
    </message>
    <message>
        <source>Windows of the text</source>
        <translation>テキストの窓の数</translation>
    </message>
    <message>
        <source>Windows side by side from the text&apos;s start; the NLL is the mean over all their tokens</source>
        <translation>テキストの先頭から並べた窓。NLL は全トークンの平均です</translation>
    </message>
    <message>
        <source>points</source>
        <translation>点</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>トークン</translation>
    </message>
    <message>
        <source>windows</source>
        <translation>窓</translation>
    </message>
    <message>
        <source>Landscapes of this study</source>
        <translation>このスタディの地形</translation>
    </message>
    <message>
        <source>Open a model first.</source>
        <translation>まずモデルを開いてください。</translation>
    </message>
    <message>
        <source>Select a factor set in the list at the left.</source>
        <translation>左の一覧で係数セットを選んでください。</translation>
    </message>
    <message>
        <source>A segment runs from its first pair to its last.</source>
        <translation>区間は最初のペアから最後のペアまでです。</translation>
    </message>
    <message>
        <source>The range of scales is empty.</source>
        <translation>倍率の範囲が空です。</translation>
    </message>
    <message>
        <source>The two segments share pairs.</source>
        <translation>2 区間が同じペアを含んでいます。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>中止</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>実行</translation>
    </message>
    <message>
        <source>Stops at the next safe point; what there is stays</source>
        <translation>次の安全な時点で止まります。得られた結果は残ります</translation>
    </message>
    <message>
        <source>Computes the landscape in the background (Ctrl+R)</source>
        <translation>地形をバックグラウンドで計算します (Ctrl+R)</translation>
    </message>
    <message>
        <source>waiting for the engine…</source>
        <translation>エンジンを待っています…</translation>
    </message>
    <message>
        <source>%1: %2 points of %3 tokens</source>
        <translation>%1: %2 点、各 %3 トークン</translation>
    </message>
    <message>
        <source>%1: pairs %2 at %3 tokens</source>
        <translation>%1: ペア %2、%3 トークン</translation>
    </message>
    <message>
        <source> and </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Landscapes of this study, newest first</source>
        <translation>このスタディの地形（新しい順）</translation>
    </message>
</context>
<context>
    <name>ropescope::LandscapePage</name>
    <message>
        <source>Landscape</source>
        <translation>地形</translation>
    </message>
    <message>
        <source>NLL over the scale of one segment</source>
        <translation>1 区間の倍率に対する NLL</translation>
    </message>
    <message>
        <source>One segment</source>
        <translation>1 区間</translation>
    </message>
    <message>
        <source>NLL over the scales of two segments</source>
        <translation>2 区間の倍率に対する NLL</translation>
    </message>
    <message>
        <source>Two segments</source>
        <translation>2 区間</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>実行</translation>
    </message>
    <message>
        <source>as it is</source>
        <translation>現状</translation>
    </message>
    <message>
        <source>%1 at %2 tokens</source>
        <translation>%2 トークンでの %1</translation>
    </message>
    <message>
        <source>Cancelled after %1 of %2 points; Run goes on there.</source>
        <translation>%2 点中 %1 点で中止しました。「実行」でそこから続けます。</translation>
    </message>
    <message>
        <source>Lowest: %1.</source>
        <translation>最小: %1。</translation>
    </message>
    <message>
        <source>As it is: NLL %1.</source>
        <translation>現状: NLL %1。</translation>
    </message>
    <message>
        <source>A click takes a point over as a factor set.</source>
        <translation>点をクリックすると係数セットになります。</translation>
    </message>
    <message>
        <source>Loading the model and scoring the first point…</source>
        <translation>モデルを読み込み、最初の点を評価しています…</translation>
    </message>
    <message>
        <source>Cancelled before the first point.</source>
        <translation>最初の点の前に中止しました。</translation>
    </message>
    <message>
        <source>How does the NLL answer when two segments are scaled, each by its own amount?</source>
        <translation>2 区間をそれぞれの倍率で変えると NLL はどう応答するでしょうか。</translation>
    </message>
    <message>
        <source>How does the NLL answer when the factors of a segment are scaled together?</source>
        <translation>1 区間の係数をまとめて変えると NLL はどう応答するでしょうか。</translation>
    </message>
    <message>
        <source>The text has 1,200 tokens, a window needs 2,048. Choose a longer text or fewer tokens.</source>
        <translation>テキストは 1,200 トークンで、窓には 2,048 必要です。長いテキストを選ぶかトークン数を減らしてください。</translation>
    </message>
</context>
<context>
    <name>ropescope::MainWindow</name>
    <message>
        <source>Ropescope</source>
        <translation>Ropescope</translation>
    </message>
    <message>
        <source>Ctrl+%1</source>
        <translation>Ctrl+%1</translation>
    </message>
    <message>
        <source>Factor file</source>
        <translation>係数ファイル</translation>
    </message>
    <message>
        <source>Factor files (*.json *.csv *.npy *.pt *.gguf *.safetensors);;All files (*)</source>
        <translation>係数ファイル (*.json *.csv *.npy *.pt *.gguf *.safetensors);;すべてのファイル (*)</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>ファイル(&amp;F)</translation>
    </message>
    <message>
        <source>New study</source>
        <translation>新しいスタディ</translation>
    </message>
    <message>
        <source>Open study…</source>
        <translation>スタディを開く…</translation>
    </message>
    <message>
        <source>Recent studies</source>
        <translation>最近のスタディ</translation>
    </message>
    <message>
        <source>Save a copy of the study…</source>
        <translation>スタディのコピーを保存…</translation>
    </message>
    <message>
        <source>Open model folder…</source>
        <translation>モデルのフォルダを開く…</translation>
    </message>
    <message>
        <source>Ctrl+M</source>
        <translation>Ctrl+M</translation>
    </message>
    <message>
        <source>Open GGUF file…</source>
        <translation>GGUF ファイルを開く…</translation>
    </message>
    <message>
        <source>Ctrl+G</source>
        <translation>Ctrl+G</translation>
    </message>
    <message>
        <source>Open text…</source>
        <translation>テキストを開く…</translation>
    </message>
    <message>
        <source>Ctrl+T</source>
        <translation>Ctrl+T</translation>
    </message>
    <message>
        <source>Import factors…</source>
        <translation>係数を読み込む…</translation>
    </message>
    <message>
        <source>Ctrl+I</source>
        <translation>Ctrl+I</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>終了</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>編集(&amp;E)</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>やり直す</translation>
    </message>
    <message>
        <source>Ctrl+Y</source>
        <translation>Ctrl+Y</translation>
    </message>
    <message>
        <source>Measure current set</source>
        <translation>現在のセットを測定</translation>
    </message>
    <message>
        <source>Ctrl+E</source>
        <translation>Ctrl+E</translation>
    </message>
    <message>
        <source>Measure all visible sets</source>
        <translation>表示中のセットをすべて測定</translation>
    </message>
    <message>
        <source>Ctrl+Shift+E</source>
        <translation>Ctrl+Shift+E</translation>
    </message>
    <message>
        <source>Measure sensitivity</source>
        <translation>感度を測定</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>表示(&amp;V)</translation>
    </message>
    <message>
        <source>Jobs and log</source>
        <translation>ジョブとログ</translation>
    </message>
    <message>
        <source>Ctrl+J</source>
        <translation>Ctrl+J</translation>
    </message>
    <message>
        <source>Colours of the desktop</source>
        <translation>デスクトップの配色</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>明るい</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>暗い</translation>
    </message>
    <message>
        <source>Tracks</source>
        <translation>トラック</translation>
    </message>
    <message>
        <source>Published searches</source>
        <translation>公開された探索</translation>
    </message>
    <message>
        <source>Opened where you left off.</source>
        <translation>前回の続きを開きました。</translation>
    </message>
    <message>
        <source>Space scores the next candidate, Shift+Space runs on.</source>
        <translation>Space で次の候補を評価し、Shift+Space で続行します。</translation>
    </message>
    <message>
        <source>The search is paused on the Dimensions page (Ctrl+1).</source>
        <translation>探索は「次元」ページ (Ctrl+1) で一時停止しています。</translation>
    </message>
</context>
<context>
    <name>ropescope::ModelIdentifier</name>
    <message>
        <source>identify the model</source>
        <translation>モデルを確認</translation>
    </message>
</context>
<context>
    <name>ropescope::ModelSetup</name>
    <message>
        <source>demo model, 1.8 M parameters</source>
        <translation>デモモデル、180 万パラメータ</translation>
    </message>
    <message>
        <source>demo text, King James Version</source>
        <translation>デモテキスト、欽定訳聖書</translation>
    </message>
    <message>
        <source>published decisions</source>
        <translation>公開された決定</translation>
    </message>
</context>
<context>
    <name>ropescope::PairBars</name>
    <message>
        <source>pair</source>
        <translation>ペア</translation>
    </message>
    <message>
        <source>pair %1: %2</source>
        <translation>ペア %1: %2</translation>
    </message>
</context>
<context>
    <name>ropescope::PairPanel</name>
    <message>
        <source>Numbers of the selected pair</source>
        <translation>選択したペアの数値</translation>
    </message>
    <message>
        <source>factor</source>
        <translation>係数</translation>
    </message>
    <message>
        <source>λ: the inverse frequency θ&lt;sup&gt;−2i/D&lt;/sup&gt; is divided by it</source>
        <translation>λ：逆周波数 θ&lt;sup&gt;−2i/D&lt;/sup&gt; をこれで割ります</translation>
    </message>
    <message>
        <source>wavelength</source>
        <translation>波長</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 トークン</translation>
    </message>
    <message>
        <source>2π λ θ&lt;sup&gt;2i/D&lt;/sup&gt;: tokens until the pair has turned once</source>
        <translation>2π λ θ&lt;sup&gt;2i/D&lt;/sup&gt;：ペアが一回転するまでのトークン数</translation>
    </message>
    <message>
        <source>turns, trained</source>
        <translation>回転数（学習）</translation>
    </message>
    <message>
        <source>trained length / unscaled wavelength</source>
        <translation>学習長 / 元の波長</translation>
    </message>
    <message>
        <source>turns, target</source>
        <translation>回転数（目標）</translation>
    </message>
    <message>
        <source>target length / scaled wavelength</source>
        <translation>目標長 / 変更後の波長</translation>
    </message>
    <message>
        <source>unseen angles</source>
        <translation>未見の角度</translation>
    </message>
    <message>
        <source>share of the target&apos;s positions in angle bins that training never visited</source>
        <translation>学習で一度も通らなかった角度ビンにある目標位置の割合</translation>
    </message>
    <message>
        <source>disturbance</source>
        <translation>乱れ</translation>
    </message>
    <message>
        <source>KL(trained || target) over angle bins, nats</source>
        <translation>角度ビンでの KL(学習 || 目標)、nat</translation>
    </message>
    <message>
        <source>d NLL / d ln λ</source>
        <translation>d NLL / d ln λ</translation>
    </message>
    <message>
        <source>exact gradient of the text&apos;s mean NLL, nats per token</source>
        <translation>テキストの平均 NLL の正確な勾配（nat／トークン）</translation>
    </message>
    <message>
        <source>attention factor</source>
        <translation>注意係数</translation>
    </message>
    <message>
        <source>multiplies cos and sin of queries and keys: logits scale by its square</source>
        <translation>クエリとキーの cos と sin に掛かり、ロジットは二乗倍になります</translation>
    </message>
    <message>
        <source>Pair %1</source>
        <translation>ペア %1</translation>
    </message>
    <message>
        <source>No pair selected</source>
        <translation>ペアが選ばれていません</translation>
    </message>
</context>
<context>
    <name>ropescope::ProbeCharts</name>
    <message>
        <source>%1, positions %2 to %3: %4 %5 ± %6, %7 tokens</source>
        <translation>%1、位置 %2～%3: %4 %5 ± %6、%7 トークン</translation>
    </message>
    <message>
        <source>Δ NLL</source>
        <translation>Δ NLL</translation>
    </message>
    <message>
        <source>NLL</source>
        <translation>NLL</translation>
    </message>
    <message>
        <source>%1 at %2 tokens: perplexity %3, from %4 tokens</source>
        <translation>%2 トークンでの %1: パープレキシティ %3（%4 トークンから）</translation>
    </message>
    <message>
        <source>window length, tokens</source>
        <translation>窓の長さ（トークン）</translation>
    </message>
    <message>
        <source>perplexity</source>
        <translation>パープレキシティ</translation>
    </message>
    <message>
        <source>position in the window, tokens</source>
        <translation>窓内の位置（トークン）</translation>
    </message>
    <message>
        <source>NLL, nats per token</source>
        <translation>NLL（nat/トークン）</translation>
    </message>
    <message>
        <source>Δ NLL, nats per token; below 0 is better</source>
        <translation>Δ NLL（nat/トークン）。0 未満ほど良い</translation>
    </message>
    <message>
        <source>%1 tokens, depth %2: %3 of %4 right, Wilson&apos;s 95 % interval %5 to %6</source>
        <translation>%1 トークン、深さ %2: %4 回中 %3 回正答、Wilson の 95 % 区間 %5～%6</translation>
    </message>
    <message>
        <source>prompt length, tokens</source>
        <translation>プロンプト長（トークン）</translation>
    </message>
    <message>
        <source>depth of the key</source>
        <translation>キーの深さ</translation>
    </message>
    <message>
        <source>share right</source>
        <translation>正答率</translation>
    </message>
</context>
<context>
    <name>ropescope::ProbeController</name>
    <message>
        <source>perplexity of %1</source>
        <translation>%1 のパープレキシティ</translation>
    </message>
    <message>
        <source>perplexity, sets: %1</source>
        <translation>パープレキシティ、セット数 %1</translation>
    </message>
    <message>
        <source>passkeys</source>
        <translation>パスキー</translation>
    </message>
</context>
<context>
    <name>ropescope::ProbesPage</name>
    <message>
        <source>Probes</source>
        <translation>測定</translation>
    </message>
    <message>
        <source>Windows of the text</source>
        <translation>テキストの窓の数</translation>
    </message>
    <message>
        <source>Windows side by side from the text&apos;s start, at each length; more of them narrow the error</source>
        <translation>各長さでテキストの先頭から並べた窓。多いほど誤差が小さくなります</translation>
    </message>
    <message>
        <source>Passkey trials per cell</source>
        <translation>セルあたりのパスキー試行数</translation>
    </message>
    <message>
        <source>Keys asked for at every length and depth; the interval is Wilson&apos;s at 95 %</source>
        <translation>長さと深さごとに尋ねるキーの数。区間は Wilson の 95 % です</translation>
    </message>
    <message>
        <source>Reference of the differences</source>
        <translation>差の基準</translation>
    </message>
    <message>
        <source>Differences are NLL(set) − NLL(reference), token by token over the same windows</source>
        <translation>差は同じ窓のトークンごとの NLL(セット) − NLL(基準) です</translation>
    </message>
    <message>
        <source>Measure visible sets</source>
        <translation>表示中のセットを測定</translation>
    </message>
    <message>
        <source>Scores the visible sets in the background (Ctrl+R)</source>
        <translation>表示中のセットをバックグラウンドで評価します (Ctrl+R)</translation>
    </message>
    <message>
        <source>Passkeys</source>
        <translation>パスキー</translation>
    </message>
    <message>
        <source>Hides keys in filler and asks the model for them, with the current set</source>
        <translation>埋め草にキーを隠し、現在のセットでモデルに尋ねます</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>中止</translation>
    </message>
    <message>
        <source>Stops at the next safe point; what there is stays</source>
        <translation>次の安全な時点で止まります。得られた結果は残ります</translation>
    </message>
    <message>
        <source>windows</source>
        <translation>窓</translation>
    </message>
    <message>
        <source>trials</source>
        <translation>試行</translation>
    </message>
    <message>
        <source>reference</source>
        <translation>基準</translation>
    </message>
    <message>
        <source>Perplexity over length</source>
        <translation>長さとパープレキシティ</translation>
    </message>
    <message>
        <source>NLL over position</source>
        <translation>位置と NLL</translation>
    </message>
    <message>
        <source>Difference to the reference</source>
        <translation>基準との差</translation>
    </message>
    <message>
        <source>Passkey retrieval by length and depth</source>
        <translation>長さと深さごとのパスキー検索</translation>
    </message>
    <message>
        <source>Passkey</source>
        <translation>パスキー</translation>
    </message>
    <message>
        <source>waiting for the engine…</source>
        <translation>エンジンを待っています…</translation>
    </message>
    <message>
        <source>Open a model first.</source>
        <translation>まずモデルを開いてください。</translation>
    </message>
    <message>
        <source>Show a factor set in the list at the left.</source>
        <translation>左の一覧で係数セットを表示してください。</translation>
    </message>
    <message>
        <source>%1 to %2 tokens, sets: %3</source>
        <translation>%1～%2 トークン、セット数 %3</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>まだなし</translation>
    </message>
    <message>
        <source>Loading the model and scoring the first windows…</source>
        <translation>モデルを読み込み、最初の窓を評価しています…</translation>
    </message>
    <message>
        <source>Cancelled before the first result.</source>
        <translation>最初の結果の前に中止しました。</translation>
    </message>
    <message>
        <source>How does perplexity grow with length, set by set?</source>
        <translation>パープレキシティは長さとともにセットごとにどう増えるでしょうか。</translation>
    </message>
    <message>
        <source>trained length</source>
        <translation>学習長</translation>
    </message>
    <message>
        <source>Where in the window does a set get worse?</source>
        <translation>窓のどこでセットは悪くなるでしょうか。</translation>
    </message>
    <message>
        <source>NLL over position at %1 tokens, windows: %2</source>
        <translation>%1 トークンでの位置と NLL、窓 %2</translation>
    </message>
    <message>
        <source>Mean NLL of the tokens in each range of positions; the band is one standard error</source>
        <translation>各位置範囲のトークンの平均 NLL。帯は標準誤差 1 つ分です</translation>
    </message>
    <message>
        <source>One set alone has nothing to differ from. Show another and measure.</source>
        <translation>1 セットだけでは比べる相手がありません。別のセットを表示して測定してください。</translation>
    </message>
    <message>
        <source>Which set is better on the same tokens, and is it more than noise?</source>
        <translation>同じトークンでどのセットが良く、それは誤差を超えているでしょうか。</translation>
    </message>
    <message>
        <source>Difference to %1</source>
        <translation>%1 との差</translation>
    </message>
    <message>
        <source>Mean over the same tokens of NLL(set) − NLL(reference); the band is one standard error</source>
        <translation>同じトークンでの NLL(セット) − NLL(基準) の平均。帯は標準誤差 1 つ分です</translation>
    </message>
    <message>
        <source>Does %1 find a key hidden at any depth, at any length?</source>
        <translation>%1 はどの深さ・どの長さに隠したキーも見つけるでしょうか。</translation>
    </message>
    <message>
        <source>Select a factor set in the list at the left.</source>
        <translation>左の一覧で係数セットを選んでください。</translation>
    </message>
    <message>
        <source>Try passkeys</source>
        <translation>パスキーを試す</translation>
    </message>
    <message>
        <source>Passkey: %1</source>
        <translation>パスキー: %1</translation>
    </message>
    <message>
        <source>A five-digit key said twice in filler, asked for at the end; right answers of all trials</source>
        <translation>埋め草の中で 2 度述べた 5 桁のキーを最後に尋ねます。全試行中の正答数</translation>
    </message>
    <message>
        <source>This model has no tokenizer, and a passkey prompt is text. Choose a model with one.</source>
        <translation>このモデルにはトークナイザーがなく、パスキーのプロンプトはテキストです。トークナイザーのあるモデルを選んでください。</translation>
    </message>
    <message>
        <source>Cancelled; what was measured stays, and measuring again does the rest.</source>
        <translation>中止しました。測定済みの値は残り、もう一度測定すると残りを測ります。</translation>
    </message>
</context>
<context>
    <name>ropescope::SearchController</name>
    <message>
        <source>search</source>
        <translation>探索</translation>
    </message>
    <message>
        <source>search, evaluation %1</source>
        <translation>探索、評価 %1</translation>
    </message>
    <message>
        <source>look back</source>
        <translation>さかのぼる</translation>
    </message>
    <message>
        <source>branch %1</source>
        <translation>分岐 %1</translation>
    </message>
    <message>
        <source>branch</source>
        <translation>分岐</translation>
    </message>
    <message>
        <source>change the search</source>
        <translation>探索を変更</translation>
    </message>
    <message>
        <source>open the study</source>
        <translation>スタディを開く</translation>
    </message>
    <message>
        <source>An earlier state is shown: branch here, or go to the end of the slider first.</source>
        <translation>以前の状態を表示しています。ここから分岐するか、先にスライダーの終わりへ移ってください。</translation>
    </message>
    <message>
        <source>An earlier state is shown, to look at only: branch here to change it.</source>
        <translation>以前の状態を表示しています（閲覧のみ）。変更するにはここから分岐してください。</translation>
    </message>
    <message>
        <source>evaluation %1</source>
        <translation>評価 %1</translation>
    </message>
    <message>
        <source>%1, evaluation %2</source>
        <translation>%1、評価 %2</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>中止</translation>
    </message>
    <message>
        <source>open %1</source>
        <translation>%1 を開く</translation>
    </message>
</context>
<context>
    <name>ropescope::SearchPanel</name>
    <message>
        <source>◀ back</source>
        <translation>◀ 戻る</translation>
    </message>
    <message>
        <source>One evaluation back, to look at it</source>
        <translation>一つ前の評価を見る</translation>
    </message>
    <message>
        <source>step</source>
        <translation>一歩</translation>
    </message>
    <message>
        <source>Score the next candidate</source>
        <translation>次の候補を評価する</translation>
    </message>
    <message>
        <source>segment</source>
        <translation>区間</translation>
    </message>
    <message>
        <source>Score until this segment is decided</source>
        <translation>この区間が決まるまで評価する</translation>
    </message>
    <message>
        <source>level</source>
        <translation>レベル</translation>
    </message>
    <message>
        <source>Score until this level is done</source>
        <translation>このレベルが終わるまで評価する</translation>
    </message>
    <message>
        <source>▶ run</source>
        <translation>▶ 実行</translation>
    </message>
    <message>
        <source>Run to the end, or pause</source>
        <translation>最後まで実行、または一時停止</translation>
    </message>
    <message>
        <source>■</source>
        <translation>■</translation>
    </message>
    <message>
        <source>Stop; everything that was scored is kept</source>
        <translation>停止。評価済みの結果はすべて残ります</translation>
    </message>
    <message>
        <source>Evaluation that is shown</source>
        <translation>表示している評価</translation>
    </message>
    <message>
        <source>Go back to any evaluation; it can only be looked at until you branch there</source>
        <translation>どの評価にも戻れます。そこで分岐するまでは見るだけです</translation>
    </message>
    <message>
        <source>Decisions</source>
        <translation>決定</translation>
    </message>
    <message>
        <source>Decisions of the search, newest first</source>
        <translation>探索の決定（新しい順）</translation>
    </message>
    <message>
        <source>Search method</source>
        <translation>探索の手法</translation>
    </message>
    <message>
        <source>Branch of the search</source>
        <translation>探索の分岐</translation>
    </message>
    <message>
        <source>Branch here</source>
        <translation>ここで分岐</translation>
    </message>
    <message>
        <source>A new branch from the state that is shown; the old one stays</source>
        <translation>表示中の状態から新しい分岐を作ります。元の分岐は残ります</translation>
    </message>
    <message>
        <source>Pause at…</source>
        <translation>一時停止の条件…</translation>
    </message>
    <message>
        <source>When a running search pauses</source>
        <translation>実行中の探索が一時停止する条件</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>変更…</translation>
    </message>
    <message>
        <source>While paused: put in the current set&apos;s factors, skip the segment, change its window</source>
        <translation>一時停止中に、現在のセットの係数を入れる、区間をとばす、範囲を変える</translation>
    </message>
    <message>
        <source>Put in the current set&apos;s factors</source>
        <translation>現在のセットの係数を入れる</translation>
    </message>
    <message>
        <source>Skip this segment</source>
        <translation>この区間をとばす</translation>
    </message>
    <message>
        <source>Change its window…</source>
        <translation>範囲を変える…</translation>
    </message>
    <message>
        <source>At every segment</source>
        <translation>区間ごと</translation>
    </message>
    <message>
        <source>At every level</source>
        <translation>レベルごと</translation>
    </message>
    <message>
        <source>When a candidate is invalid</source>
        <translation>候補が無効のとき</translation>
    </message>
    <message>
        <source>On a gain above…</source>
        <translation>改善がこれを超えたとき…</translation>
    </message>
    <message>
        <source>Pause on a gain</source>
        <translation>改善で一時停止</translation>
    </message>
    <message>
        <source>Fall of the perplexity, per cent</source>
        <translation>パープレキシティの低下（%）</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>範囲</translation>
    </message>
    <message>
        <source>Lowest increment</source>
        <translation>最小の増分</translation>
    </message>
    <message>
        <source>Highest increment</source>
        <translation>最大の増分</translation>
    </message>
    <message>
        <source>Choose a model to search on.</source>
        <translation>探索するモデルを選んでください。</translation>
    </message>
    <message>
        <source>Choose a text to search on.</source>
        <translation>探索に使うテキストを選んでください。</translation>
    </message>
    <message>
        <source>Next: begin a search from %1, at %2 tokens</source>
        <translation>次：%1 から %2 トークンで探索を始める</translation>
    </message>
    <message>
        <source>Choose a factor set to begin a search from.</source>
        <translation>探索の出発点になる係数セットを選んでください。</translation>
    </message>
    <message>
        <source>The search is finished after %1 evaluations.</source>
        <translation>探索は %1 回の評価で終わりました。</translation>
    </message>
    <message>
        <source>, %1</source>
        <translation>、%1</translation>
    </message>
    <message>
        <source>; all %1 left: %2</source>
        <translation>、残り %1 回で %2</translation>
    </message>
    <message>
        <source>Next: the start vector%1</source>
        <translation>次：出発点のベクトル%1</translation>
    </message>
    <message>
        <source>Next: %1 on %2 (candidate %3 of %4)%5</source>
        <translation>次：%2 に %1（候補 %3 / %4）%5</translation>
    </message>
    <message>
        <source>Running. %1</source>
        <translation>実行中。%1</translation>
    </message>
    <message>
        <source>‖ pause</source>
        <translation>‖ 一時停止</translation>
    </message>
    <message>
        <source>Take over</source>
        <translation>取り込む</translation>
    </message>
    <message>
        <source>The newest evaluation that is shown becomes a factor set of its own</source>
        <translation>表示中の最新の評価を独立した係数セットにします</translation>
    </message>
    <message>
        <source>Opening the study…</source>
        <translation>スタディを開いています…</translation>
    </message>
    <message>
        <source>%1 Next: compare on text that it did not see.</source>
        <translation>%1 次: 探索が見ていないテキストで比べます。</translation>
    </message>
    <message>
        <source>%1 Perplexity %2 → %3 on the text it searched.</source>
        <translation>%1 探索したテキストでのパープレキシティ %2 → %3。</translation>
    </message>
    <message>
        <source>%1 There is no text that it did not see, so over-fitting can&apos;t be judged.</source>
        <translation>%1 探索が見ていないテキストがないため、過剰適合は判断できません。</translation>
    </message>
    <message numerus="yes">
        <source>On unseen text (%n window(s)) %1 → %2, found − start</source>
        <translation>
            <numerusform>見ていないテキスト（窓 %n 個）では %1 → %2、結果 − 開始</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 %2 nats per token: too little text to tell.</source>
        <translation>%1 %2 nat/トークン: 判断するにはテキストが足りません。</translation>
    </message>
    <message>
        <source>no clear difference</source>
        <translation>明らかな差なし</translation>
    </message>
    <message>
        <source>better</source>
        <translation>改善</translation>
    </message>
    <message>
        <source>worse than the start</source>
        <translation>開始より悪い</translation>
    </message>
    <message>
        <source>%1 %2 ± %3 nats per token: %4.</source>
        <translation>%1 %2 ± %3 nat/トークン: %4。</translation>
    </message>
    <message>
        <source>After evaluation %1 of %2, to look at. Branch here to go on from it.</source>
        <translation>全 %2 評価中、評価 %1 の後の状態です（閲覧のみ）。ここから続けるには分岐してください。</translation>
    </message>
    <message>
        <source>After evaluation %1 of %2, to look at.</source>
        <translation>全 %2 評価中、評価 %1 の後の状態です（閲覧のみ）。</translation>
    </message>
    <message>
        <source>Published without perplexities: the scores only rank the candidates as they were ranked.</source>
        <translation>パープレキシティなしで公開されています。スコアは候補の順位だけを表します。</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>▶ compare</source>
        <translation>▶ 比較</translation>
    </message>
</context>
<context>
    <name>ropescope::SensitivityController</name>
    <message>
        <source>sensitivity of %1</source>
        <translation>%1 の感度</translation>
    </message>
</context>
<context>
    <name>ropescope::SensitivityPanel</name>
    <message>
        <source>Sensitivity of the NLL to every pair</source>
        <translation>各ペアに対する NLL の感度</translation>
    </message>
    <message>
        <source>Sensitivity</source>
        <translation>感度</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>測定</translation>
    </message>
    <message>
        <source>The exact gradient for the current set at the target length: one forward and one backward pass</source>
        <translation>現在のセットの目標長での正確な勾配。順伝播と逆伝播を 1 回ずつ行います</translation>
    </message>
    <message>
        <source>per ln λ</source>
        <translation>ln λ あたり</translation>
    </message>
    <message>
        <source>per radian</source>
        <translation>ラジアンあたり</translation>
    </message>
    <message>
        <source>d mean NLL / d ln λᵢ: nats per relative change of the factor. The fastest pairs always look the most important: a relative change turns them by many radians</source>
        <translation>d 平均 NLL / d ln λᵢ: 係数の相対変化あたりの nat。速いペアは相対変化で何ラジアンも回るため、いつも最も重要に見えます</translation>
    </message>
    <message>
        <source>d mean NLL / d φᵢ, with φᵢ = length · θᵢ / λᵢ: nats per radian that the pair turns less or more at the end of the window</source>
        <translation>d 平均 NLL / d φᵢ、φᵢ = 長さ · θᵢ / λᵢ: 窓の終わりでペアが回る角 1 ラジアンあたりの nat</translation>
    </message>
    <message>
        <source>How much does the NLL answer to each pair of %1?</source>
        <translation>%1 の各ペアに NLL はどれだけ応答するでしょうか。</translation>
    </message>
    <message>
        <source>Measure sensitivity</source>
        <translation>感度を測定</translation>
    </message>
    <message>
        <source>Open a model first.</source>
        <translation>まずモデルを開いてください。</translation>
    </message>
    <message>
        <source>Select a factor set in the list at the left.</source>
        <translation>左の一覧で係数セットを選んでください。</translation>
    </message>
    <message>
        <source>Sensitivity of %1</source>
        <translation>%1 の感度</translation>
    </message>
    <message>
        <source>The exact gradient of the mean NLL over %1 tokens</source>
        <translation>%1 トークンの平均 NLL の正確な勾配</translation>
    </message>
    <message>
        <source>d NLL / d radian</source>
        <translation>d NLL / d ラジアン</translation>
    </message>
    <message>
        <source>d NLL / d ln λ</source>
        <translation>d NLL / d ln λ</translation>
    </message>
</context>
<context>
    <name>ropescope::SensitivityTrack</name>
    <message>
        <source>sensitivity</source>
        <translation>感度</translation>
    </message>
    <message>
        <source>Not measured for this model and text. Click to measure.</source>
        <translation>このモデルとテキストでは未測定です。クリックで測定します。</translation>
    </message>
    <message>
        <source>&lt;b&gt;Sensitivity&lt;/b&gt;: d NLL / d ln λ&lt;sub&gt;i&lt;/sub&gt;, the exact gradient of the text&apos;s mean NLL in nats per token.&lt;br&gt;Below zero: a larger factor makes the text easier.</source>
        <translation>&lt;b&gt;感度&lt;/b&gt;：d NLL / d ln λ&lt;sub&gt;i&lt;/sub&gt;、テキストの平均 NLL の正確な勾配（nat／トークン）。&lt;br&gt;負なら、係数を大きくするとテキストが易しくなります。</translation>
    </message>
    <message>
        <source>&lt;br&gt;pair %1: %2</source>
        <translation>&lt;br&gt;ペア %1：%2</translation>
    </message>
    <message>
        <source>of %1</source>
        <translation>対象 %1</translation>
    </message>
</context>
<context>
    <name>ropescope::SetKeeper</name>
    <message>
        <source>keep factor sets</source>
        <translation>係数セットの保存</translation>
    </message>
</context>
<context>
    <name>ropescope::SetupBar</name>
    <message>
        <source>Study</source>
        <translation>スタディ</translation>
    </message>
    <message>
        <source>The study of this window: everything that was measured and searched, safe in one file</source>
        <translation>このウィンドウのスタディ：測定と探索のすべてを一つのファイルに保存</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>モデル</translation>
    </message>
    <message>
        <source>Choose another model: a folder or a GGUF file</source>
        <translation>別のモデルを選ぶ（フォルダまたは GGUF ファイル）</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>テキスト</translation>
    </message>
    <message>
        <source>Choose the text that probes and searches measure on</source>
        <translation>測定と探索に使うテキストを選ぶ</translation>
    </message>
    <message>
        <source>Trained → target</source>
        <translation>学習 → 目標</translation>
    </message>
    <message>
        <source>Choose the target length</source>
        <translation>目標長を選ぶ</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意機構</translation>
    </message>
    <message>
        <source>Which keys a query sees: all, or LM-Infinite&apos;s start and window</source>
        <translation>クエリが見るキー：すべて、または LM-Infinite の先頭と窓</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>デバイス</translation>
    </message>
    <message>
        <source>What computes</source>
        <translation>計算に使うもの</translation>
    </message>
    <message>
        <source>not saved yet</source>
        <translation>まだ保存されていません</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>モデルを選ぶ</translation>
    </message>
    <message>
        <source>Choose a text</source>
        <translation>テキストを選ぶ</translation>
    </message>
    <message>
        <source>%1 → %2  (%3)</source>
        <translation>%1 → %2  (%3)</translation>
    </message>
</context>
<context>
    <name>ropescope::SetupChoosers</name>
    <message>
        <source>Demo model</source>
        <translation>デモモデル</translation>
    </message>
    <message>
        <source>Model folder…</source>
        <translation>モデルのフォルダ…</translation>
    </message>
    <message>
        <source>GGUF file…</source>
        <translation>GGUF ファイル…</translation>
    </message>
    <message>
        <source>Demo text</source>
        <translation>デモテキスト</translation>
    </message>
    <message>
        <source>Text file…</source>
        <translation>テキストファイル…</translation>
    </message>
    <message>
        <source>Folder of texts…</source>
        <translation>テキストのフォルダ…</translation>
    </message>
    <message>
        <source>Folder of texts</source>
        <translation>テキストのフォルダ</translation>
    </message>
    <message>
        <source>%1 tokens (%2)</source>
        <translation>%1 トークン（%2）</translation>
    </message>
    <message>
        <source>Another length…</source>
        <translation>別の長さ…</translation>
    </message>
    <message>
        <source>Target length</source>
        <translation>目標長</translation>
    </message>
    <message>
        <source>Tokens, up to %1</source>
        <translation>トークン数（最大 %1）</translation>
    </message>
    <message>
        <source>Full: every earlier key</source>
        <translation>完全：前のすべてのキー</translation>
    </message>
    <message>
        <source>LM-Infinite: first keys and a window</source>
        <translation>LM-Infinite：先頭のキーと窓</translation>
    </message>
    <message>
        <source>Model folder with config.json</source>
        <translation>config.json のあるモデルフォルダ</translation>
    </message>
    <message>
        <source>GGUF file</source>
        <translation>GGUF ファイル</translation>
    </message>
    <message>
        <source>GGUF models (*.gguf);;All files (*)</source>
        <translation>GGUF モデル (*.gguf);;すべてのファイル (*)</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>テキスト</translation>
    </message>
    <message>
        <source>Texts (*.txt *.md *.jsonl *.json);;All files (*)</source>
        <translation>テキスト (*.txt *.md *.jsonl *.json);;すべてのファイル (*)</translation>
    </message>
</context>
<context>
    <name>ropescope::SetupField</name>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
</context>
<context>
    <name>ropescope::SourceFinder</name>
    <message>
        <source>Find the model</source>
        <translation>モデルを探す</translation>
    </message>
    <message>
        <source>GGUF models (*.gguf);;All files (*)</source>
        <translation>GGUF モデル (*.gguf);;すべてのファイル (*)</translation>
    </message>
    <message>
        <source>Find the text</source>
        <translation>テキストを探す</translation>
    </message>
    <message>
        <source>compare the model with the study&apos;s</source>
        <translation>モデルをスタディのものと比較</translation>
    </message>
    <message>
        <source>compare the text with the study&apos;s</source>
        <translation>テキストをスタディのものと比較</translation>
    </message>
</context>
<context>
    <name>ropescope::SourceNotice</name>
    <message>
        <source>Find the model…</source>
        <translation>モデルを探す…</translation>
    </message>
    <message>
        <source>Find the text…</source>
        <translation>テキストを探す…</translation>
    </message>
    <message>
        <source>It must be the one that this study&apos;s numbers belong to: its content is compared</source>
        <translation>このスタディの数値が属するものでなければなりません。内容を比較します</translation>
    </message>
    <message>
        <source>The model of this study is not at %1 any more. Its numbers can be looked at; measuring needs it.</source>
        <translation>このスタディのモデルは %1 にはもうありません。数値は見られますが、測定にはモデルが必要です。</translation>
    </message>
    <message>
        <source>The text of this study is not at %1 any more. Its numbers can be looked at; measuring needs it.</source>
        <translation>このスタディのテキストは %1 にはもうありません。数値は見られますが、測定にはテキストが必要です。</translation>
    </message>
</context>
<context>
    <name>ropescope::StudyKeeper</name>
    <message>
        <source>read measurements</source>
        <translation>測定結果の読み込み</translation>
    </message>
</context>
<context>
    <name>ropescope::StudyOpener</name>
    <message>
        <source>there is none</source>
        <translation>ありません</translation>
    </message>
    <message>
        <source>The bundled study could not be opened (%1): this is the demo model without it.</source>
        <translation>付属のスタディを開けませんでした（%1）。スタディなしのデモモデルを表示しています。</translation>
    </message>
    <message>
        <source>%1 could not be opened (%2): this is the demo model without a study.</source>
        <translation>%1 を開けませんでした（%2）。スタディなしのデモモデルを表示しています。</translation>
    </message>
    <message>
        <source>%1, as published</source>
        <translation>%1（公開のとおり）</translation>
    </message>
    <message>
        <source>replay</source>
        <translation>再生</translation>
    </message>
    <message>
        <source>No studies yet</source>
        <translation>まだスタディはありません</translation>
    </message>
    <message>
        <source>Study</source>
        <translation>スタディ</translation>
    </message>
    <message>
        <source>Studies (*.ropescope);;All files (*)</source>
        <translation>スタディ (*.ropescope);;すべてのファイル (*)</translation>
    </message>
    <message>
        <source>There is no study yet: begin a search first.</source>
        <translation>スタディがまだありません。先に探索を始めてください。</translation>
    </message>
    <message>
        <source>Pause the running job first: a copy is taken between evaluations.</source>
        <translation>先に実行中のジョブを一時停止してください。コピーは評価の合間に取ります。</translation>
    </message>
    <message>
        <source>Save a copy</source>
        <translation>コピーを保存</translation>
    </message>
    <message>
        <source>Studies (*.ropescope)</source>
        <translation>スタディ (*.ropescope)</translation>
    </message>
    <message>
        <source>Copied to %1</source>
        <translation>%1 にコピーしました</translation>
    </message>
</context>
<context>
    <name>ropescope::TrainingCharts</name>
    <message>
        <source>Loss over steps</source>
        <translation>ステップごとの損失</translation>
    </message>
    <message>
        <source>Learning rate over steps</source>
        <translation>ステップごとの学習率</translation>
    </message>
    <message>
        <source>Gradient norm over steps</source>
        <translation>ステップごとの勾配ノルム</translation>
    </message>
    <message>
        <source>Perplexity of checkpoints</source>
        <translation>チェックポイントのパープレキシティ</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>損失</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学習率</translation>
    </message>
    <message>
        <source>Gradient norm</source>
        <translation>勾配ノルム</translation>
    </message>
    <message>
        <source>Mean −ln p of the tokens that a step predicts, before the step; smoothed: exponential mean with weight 0.9 on what was before</source>
        <translation>ステップが予測するトークンの −ln p の平均（更新前）。平滑化: それまでの値に重み 0.9 をかけた指数移動平均</translation>
    </message>
    <message>
        <source>√Σ g² over all trained weights, before clipping</source>
        <translation>学習する全重みの √Σ g²（クリッピング前）</translation>
    </message>
    <message>
        <source>step %1: loss %2, smoothed %3, rate %4, gradient norm %5</source>
        <translation>ステップ %1: 損失 %2、平滑化 %3、学習率 %4、勾配ノルム %5</translation>
    </message>
    <message>
        <source>Loading the model and taking the first step…</source>
        <translation>モデルを読み込み、最初のステップを実行中…</translation>
    </message>
    <message>
        <source>Stopped before the first step.</source>
        <translation>最初のステップの前に停止しました。</translation>
    </message>
    <message>
        <source>How far does the loss fall when the model is trained with these factors?</source>
        <translation>この係数でモデルを学習すると、損失はどこまで下がるか？</translation>
    </message>
    <message>
        <source>smoothed</source>
        <translation>平滑化</translation>
    </message>
    <message>
        <source>tokens from here</source>
        <translation>ここからトークン</translation>
    </message>
    <message>
        <source>nats per token</source>
        <translation>nat／トークン</translation>
    </message>
    <message>
        <source>step</source>
        <translation>ステップ</translation>
    </message>
    <message>
        <source>rate</source>
        <translation>学習率</translation>
    </message>
    <message>
        <source>rate, × 1e%1</source>
        <translation>学習率、× 1e%1</translation>
    </message>
    <message>
        <source>Learning rate, as planned</source>
        <translation>学習率（予定）</translation>
    </message>
    <message>
        <source>Peak rate × the schedule&apos;s multiplier at each step</source>
        <translation>最大学習率 × 各ステップでのスケジュールの倍率</translation>
    </message>
    <message>
        <source>step %1: rate %2</source>
        <translation>ステップ %1: 学習率 %2</translation>
    </message>
    <message>
        <source>How the rate rises and falls over the run</source>
        <translation>学習の間に学習率がどう上がり下がりするか</translation>
    </message>
    <message>
        <source>Is the training steady? The norm of the gradients tells.</source>
        <translation>学習は安定しているか？ 勾配のノルムでわかります。</translation>
    </message>
    <message>
        <source>norm</source>
        <translation>ノルム</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>もう一度</translation>
    </message>
    <message>
        <source>What does the newest checkpoint score on the window&apos;s text?</source>
        <translation>最新のチェックポイントは、ウィンドウのテキストでどんな値になるか？</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>測定</translation>
    </message>
    <message>
        <source>Does the perplexity on the window&apos;s text fall with it?</source>
        <translation>ウィンドウのテキストのパープレキシティも一緒に下がるか？</translation>
    </message>
    <message>
        <source>%1: perplexity %2 at %3 tokens, from %4 tokens</source>
        <translation>%1: %3 トークンでパープレキシティ %2（%4 トークンから）</translation>
    </message>
    <message>
        <source>before training</source>
        <translation>学習前</translation>
    </message>
    <message>
        <source>after step %1</source>
        <translation>ステップ %1 の後</translation>
    </message>
    <message>
        <source>perplexity</source>
        <translation>パープレキシティ</translation>
    </message>
    <message>
        <source>Perplexity at %1 tokens</source>
        <translation>%1 トークンでのパープレキシティ</translation>
    </message>
    <message>
        <source>exp of the mean NLL on the first windows of the window&apos;s text, all measured on the same tokens; the band is one standard error</source>
        <translation>ウィンドウのテキストの最初の窓での平均 NLL の指数。すべて同じトークンで測定。帯は標準誤差 1 つ分</translation>
    </message>
</context>
<context>
    <name>ropescope::TrainingController</name>
    <message>
        <source>training, %1</source>
        <translation>学習: %1</translation>
    </message>
    <message>
        <source>perplexity after step %1</source>
        <translation>ステップ %1 後のパープレキシティ</translation>
    </message>
    <message>
        <source>forecast of a training run</source>
        <translation>学習の見積もり</translation>
    </message>
    <message>
        <source>read training runs</source>
        <translation>学習の記録を読む</translation>
    </message>
</context>
<context>
    <name>ropescope::TrainingControls</name>
    <message>
        <source>Where the weights come from</source>
        <translation>重みの出どころ</translation>
    </message>
    <message>
        <source>the model&apos;s weights</source>
        <translation>モデルの重み</translation>
    </message>
    <message>
        <source>new weights of its shape</source>
        <translation>同じ形の新しい重み</translation>
    </message>
    <message>
        <source>start from</source>
        <translation>開始点</translation>
    </message>
    <message>
        <source>The window&apos;s model as it is, or random weights (normal, as its configuration says) in the same shape</source>
        <translation>ウィンドウのモデルそのまま、または同じ形のランダムな重み（設定どおりの正規分布）</translation>
    </message>
    <message>
        <source>Text to train on</source>
        <translation>学習するテキスト</translation>
    </message>
    <message>
        <source>text</source>
        <translation>テキスト</translation>
    </message>
    <message>
        <source>What is trained on. Perplexities along the run are measured on the window&apos;s text: choose another text here to see them on text that the model has not seen</source>
        <translation>学習に使うテキスト。途中のパープレキシティはウィンドウのテキストで測ります。ここで別のテキストを選べば、モデルが見ていないテキストでの値になります</translation>
    </message>
    <message>
        <source>Factors to train with</source>
        <translation>学習に使う係数</translation>
    </message>
    <message>
        <source>learn</source>
        <translation>係数も学習</translation>
    </message>
    <message>
        <source>factors</source>
        <translation>係数</translation>
    </message>
    <message>
        <source>The current factor set is in force from the first step and goes into the result&apos;s configuration</source>
        <translation>現在の係数セットが最初のステップから有効になり、結果の設定にも書かれます</translation>
    </message>
    <message>
        <source>Factors and attention factor are trained as well, through their logarithms, with a learning rate of 1e-3</source>
        <translation>係数と注意係数も、対数を通して学習率 1e-3 で学習します</translation>
    </message>
    <message>
        <source>What is trained</source>
        <translation>学習の対象</translation>
    </message>
    <message>
        <source>all weights</source>
        <translation>全重み</translation>
    </message>
    <message>
        <source>low-rank adapters</source>
        <translation>低ランクアダプタ</translation>
    </message>
    <message>
        <source>patches, then tokens</source>
        <translation>パッチ、次にトークン</translation>
    </message>
    <message>
        <source>train</source>
        <translation>学習</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>レシピ</translation>
    </message>
    <message>
        <source>recipe</source>
        <translation>レシピ</translation>
    </message>
    <message>
        <source>Published settings; picking one fills the fields below, which stay yours to change</source>
        <translation>公開された設定。選ぶと下の欄に入り、その後も変更できます</translation>
    </message>
    <message>
        <source>length</source>
        <translation>長さ</translation>
    </message>
    <message>
        <source>Tokens per sequence</source>
        <translation>系列あたりのトークン数</translation>
    </message>
    <message>
        <source>Tokens per sequence of token training; the target length of the window to begin with</source>
        <translation>トークン学習での系列あたりのトークン数。初期値はウィンドウの目標長</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>ステップ</translation>
    </message>
    <message>
        <source>Optimizer steps</source>
        <translation>最適化ステップ数</translation>
    </message>
    <message>
        <source>Optimizer steps, over all stages</source>
        <translation>全段階を通した最適化ステップ数</translation>
    </message>
    <message>
        <source>batch</source>
        <translation>バッチ</translation>
    </message>
    <message>
        <source>Sequences per pass</source>
        <translation>1 回に流す系列数</translation>
    </message>
    <message>
        <source>Sequences in memory at once; activations grow with it</source>
        <translation>同時にメモリに載る系列数。活性値のメモリが比例します</translation>
    </message>
    <message>
        <source>× passes</source>
        <translation>× 回数</translation>
    </message>
    <message>
        <source>Passes per step</source>
        <translation>ステップあたりの回数</translation>
    </message>
    <message>
        <source>Passes whose gradients are added up before a step: a larger batch in the same memory</source>
        <translation>勾配を足し合わせてから更新する回数。同じメモリでバッチを大きくできます</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学習率</translation>
    </message>
    <message>
        <source>rate</source>
        <translation>学習率</translation>
    </message>
    <message>
        <source>AdamW&apos;s learning rate at the peak of the schedule, such as 2e-5</source>
        <translation>スケジュールの頂点での AdamW の学習率（例 2e-5）</translation>
    </message>
    <message>
        <source>Warm-up steps</source>
        <translation>ウォームアップのステップ数</translation>
    </message>
    <message>
        <source>warm-up</source>
        <translation>準備</translation>
    </message>
    <message>
        <source>Steps in which the rate rises from 0 to its peak, in each stage</source>
        <translation>学習率が 0 から頂点まで上がるステップ数（各段階で）</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>スケジュール</translation>
    </message>
    <message>
        <source>constant</source>
        <translation>一定</translation>
    </message>
    <message>
        <source>linear</source>
        <translation>線形</translation>
    </message>
    <message>
        <source>cosine</source>
        <translation>コサイン</translation>
    </message>
    <message>
        <source>schedule</source>
        <translation>推移</translation>
    </message>
    <message>
        <source>After the warm-up: constant, falling linearly to 0, or along half a cosine to 0</source>
        <translation>ウォームアップの後: 一定、0 まで線形、または半周期のコサインで 0 まで</translation>
    </message>
    <message>
        <source>Largest gradient norm</source>
        <translation>勾配ノルムの上限</translation>
    </message>
    <message>
        <source>clip</source>
        <translation>上限</translation>
    </message>
    <message>
        <source>Gradients are scaled down to this global norm; 0: never</source>
        <translation>勾配全体のノルムをこの値まで縮めます。0 は縮めません</translation>
    </message>
    <message>
        <source>Weight decay</source>
        <translation>重み減衰</translation>
    </message>
    <message>
        <source>decay</source>
        <translation>減衰</translation>
    </message>
    <message>
        <source>AdamW&apos;s weight decay (arXiv 1711.05101)</source>
        <translation>AdamW の重み減衰（arXiv 1711.05101）</translation>
    </message>
    <message>
        <source>Type of the result&apos;s weights</source>
        <translation>結果の重みの型</translation>
    </message>
    <message>
        <source>save as</source>
        <translation>保存形式</translation>
    </message>
    <message>
        <source>Of the finished model; checkpoints are always float32</source>
        <translation>完成したモデルの型。チェックポイントは常に float32</translation>
    </message>
    <message>
        <source>Steps between checkpoints; the newest two are kept, and each is a model to open</source>
        <translation>チェックポイントの間隔。最新の 2 つが残り、どれもモデルとして開けます</translation>
    </message>
    <message>
        <source>save every</source>
        <translation>保存間隔</translation>
    </message>
    <message>
        <source>Steps between checkpoints</source>
        <translation>チェックポイントの間隔</translation>
    </message>
    <message>
        <source>measure</source>
        <translation>測定</translation>
    </message>
    <message>
        <source>Windows to measure</source>
        <translation>測定する窓の数</translation>
    </message>
    <message>
        <source>Folder for the trained model</source>
        <translation>学習したモデルのフォルダ</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>選ぶ…</translation>
    </message>
    <message>
        <source>folder</source>
        <translation>フォルダ</translation>
    </message>
    <message>
        <source>A new folder: checkpoints while the run lasts, the trained model in the end</source>
        <translation>新しいフォルダ: 途中はチェックポイント、最後に学習したモデル</translation>
    </message>
    <message>
        <source>own settings</source>
        <translation>自分の設定</translation>
    </message>
    <message>
        <source>the window&apos;s text</source>
        <translation>ウィンドウのテキスト</translation>
    </message>
    <message>
        <source>the window&apos;s: %1</source>
        <translation>ウィンドウの: %1</translation>
    </message>
    <message>
        <source>Choose a file…</source>
        <translation>ファイルを選ぶ…</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>フォルダを選ぶ…</translation>
    </message>
    <message>
        <source>the current set</source>
        <translation>現在のセット</translation>
    </message>
    <message>
        <source>as configured</source>
        <translation>モデルの設定どおり</translation>
    </message>
    <message>
        <source>AdamW, β %1 and %2, ε %3; decay of %4</source>
        <translation>AdamW、β %1 と %2、ε %3、減衰は%4</translation>
    </message>
    <message>
        <source>matrices only</source>
        <translation>行列のみ</translation>
    </message>
    <message>
        <source>Texts (*.txt *.jsonl *.json);;All files (*)</source>
        <translation>テキスト (*.txt *.jsonl *.json);;すべてのファイル (*)</translation>
    </message>
    <message>
        <source>Folder of texts to train on</source>
        <translation>学習するテキストのフォルダ</translation>
    </message>
    <message>
        <source>New folder for the trained model</source>
        <translation>学習したモデルの新しいフォルダ</translation>
    </message>
    <message>
        <source>long and short sequences</source>
        <translation>長い系列と短い系列</translation>
    </message>
    <message>
        <source>All weights on next tokens; adapters ΔW = (α / r) · B A on the attention&apos;s projections (arXiv 2106.09685), merged in the end; patch-level training (arXiv 2407.12665): first on the mean embeddings of K tokens, then on tokens; mixed windows (arXiv 2502.20082): some passes read short sequences under the model&apos;s own factors; or, where the model allows it, the stages of CEPE (arXiv 2402.16617): the encoder on hidden tokens, then cross-attention to what it read</source>
        <translation>全重みで次のトークンを学習。注意の射影へのアダプタ ΔW = (α / r) · B A（arXiv 2106.09685、最後に統合）。パッチ単位の学習（arXiv 2407.12665）：まず K トークンの平均埋め込み、次にトークン。混合窓（arXiv 2502.20082）：一部の回はモデル自身の係数で短い系列を読みます。モデルが許せば CEPE の各段階（arXiv 2402.16617）：隠したトークンでのエンコーダ、次にその読みへの交差注意</translation>
    </message>
    <message>
        <source>Windows of the window&apos;s text, each as long as a sequence, scored before the first step and at every checkpoint; 0: none. Meanwhile the model is in memory a second time. CEPE&apos;s stages are followed by their loss alone</source>
        <translation>ウィンドウのテキストの窓（系列と同じ長さ）を、最初のステップの前と各チェックポイントで採点する数。0：測らない。その間モデルは二重にメモリにあります。CEPE の段階は損失だけで追います</translation>
    </message>
    <message>
        <source>CEPE&apos;s encoder, on hidden tokens</source>
        <translation>CEPE のエンコーダ（隠したトークン）</translation>
    </message>
    <message>
        <source>CEPE, warm-up: copying</source>
        <translation>CEPE、準備段階：写し取り</translation>
    </message>
    <message>
        <source>CEPE, main stage: reading a context</source>
        <translation>CEPE、本段階：文脈を読む</translation>
    </message>
    <message>
        <source>CEPE, from a teacher (CEPED)</source>
        <translation>CEPE、教師から（CEPED）</translation>
    </message>
</context>
<context>
    <name>ropescope::TrainingForecast</name>
    <message>
        <source>weights</source>
        <translation>重み</translation>
    </message>
    <message>
        <source>gradients</source>
        <translation>勾配</translation>
    </message>
    <message>
        <source>optimizer</source>
        <translation>オプティマイザ</translation>
    </message>
    <message>
        <source>activations</source>
        <translation>活性値</translation>
    </message>
</context>
<context>
    <name>ropescope::TrainingForm</name>
    <message>
        <source>Open a model first.</source>
        <translation>まずモデルを開いてください。</translation>
    </message>
    <message>
        <source>New weights need a folder with a config.json, not a GGUF file.</source>
        <translation>新しい重みには config.json のあるフォルダが必要です。GGUF ファイルは使えません。</translation>
    </message>
    <message>
        <source>Choose a text to train on.</source>
        <translation>学習するテキストを選んでください。</translation>
    </message>
    <message>
        <source>There is no %1.</source>
        <translation>%1 がありません。</translation>
    </message>
    <message>
        <source>Select a factor set in the list at the left.</source>
        <translation>左の一覧で係数セットを選んでください。</translation>
    </message>
    <message>
        <source>Adapters refine weights that are there: start from the model&apos;s own.</source>
        <translation>アダプタは既にある重みを改良します。モデルの重みから始めてください。</translation>
    </message>
    <message>
        <source>A patch has 2 tokens or more.</source>
        <translation>パッチは 2 トークン以上です。</translation>
    </message>
    <message>
        <source>A share from 0 to 1.</source>
        <translation>割合は 0 から 1 です。</translation>
    </message>
    <message>
        <source>long sequences with %1 short ones</source>
        <translation>長い系列に短い系列を %1</translation>
    </message>
    <message>
        <source>A share above 0 and at most 1.</source>
        <translation>割合は 0 より大きく 1 以下です。</translation>
    </message>
    <message>
        <source>At least 2 tokens: the first predicts the second.</source>
        <translation>2 トークン以上: 最初のトークンが次を予測します。</translation>
    </message>
    <message>
        <source>At least 1 step.</source>
        <translation>1 ステップ以上です。</translation>
    </message>
    <message>
        <source>At least 1 sequence and 1 pass.</source>
        <translation>1 系列、1 回以上です。</translation>
    </message>
    <message>
        <source>A number above 0, such as 2e-5.</source>
        <translation>0 より大きい数（例 2e-5）。</translation>
    </message>
    <message>
        <source>Longer than the run of %1 steps: the peak would never be reached.</source>
        <translation>%1 ステップの学習より長く、頂点に届きません。</translation>
    </message>
    <message>
        <source>A norm above 0, or 0 for no clipping.</source>
        <translation>0 より大きいノルム、または 0（上限なし）。</translation>
    </message>
    <message>
        <source>0 or more.</source>
        <translation>0 以上です。</translation>
    </message>
    <message>
        <source>Name a new folder for the trained model.</source>
        <translation>学習したモデルの新しいフォルダを指定してください。</translation>
    </message>
    <message>
        <source>This is a file: name a new folder.</source>
        <translation>これはファイルです。新しいフォルダを指定してください。</translation>
    </message>
    <message>
        <source>Holds a model already: name a new folder.</source>
        <translation>既にモデルがあります。新しいフォルダを指定してください。</translation>
    </message>
    <message>
        <source>low-rank adapters, rank %1</source>
        <translation>低ランクアダプタ、ランク %1</translation>
    </message>
    <message>
        <source>patches of %1 for %2, then tokens</source>
        <translation>%1 トークンのパッチを %2、次にトークン</translation>
    </message>
    <message>
        <source>all weights</source>
        <translation>全重み</translation>
    </message>
    <message>
        <source>CEPE&apos;s stages learn no factors: learn them with tokens, patches or adapters.</source>
        <translation>CEPE の段階では係数を学習できません。トークン、パッチ、アダプタで学習してください。</translation>
    </message>
    <message>
        <source>A CEPE model begins with a decoder and an encoder that are there: start from the model&apos;s own weights.</source>
        <translation>CEPE モデルは既にあるデコーダとエンコーダから始まります。モデル自身の重みから始めてください。</translation>
    </message>
    <message>
        <source>The decoder needs 2 of the %1 tokens of a sequence.</source>
        <translation>デコーダには系列の %1 トークンのうち 2 つが必要です。</translation>
    </message>
    <message>
        <source>Choose at least one projection.</source>
        <translation>射影を一つ以上選んでください。</translation>
    </message>
    <message>
        <source>A share between 0 and 1.</source>
        <translation>0 と 1 の間の割合。</translation>
    </message>
    <message>
        <source>CEPE&apos;s encoder on %1 hidden tokens</source>
        <translation>CEPE のエンコーダ、隠したトークン %1</translation>
    </message>
    <message>
        <source>CEPE, warm-up</source>
        <translation>CEPE、準備段階</translation>
    </message>
    <message>
        <source>CEPE, main stage</source>
        <translation>CEPE、本段階</translation>
    </message>
    <message>
        <source>CEPE, from a teacher</source>
        <translation>CEPE、教師から</translation>
    </message>
</context>
<context>
    <name>ropescope::TrainingMethodFields</name>
    <message>
        <source>Alpha of the adapters</source>
        <translation>アダプタの α</translation>
    </message>
    <message>
        <source>Updates count α / r times; 2 r unless another number is given</source>
        <translation>更新は α / r 倍で効きます。指定しなければ 2 r</translation>
    </message>
    <message>
        <source>2 r</source>
        <translation>2 r</translation>
    </message>
    <message>
        <source>rank r</source>
        <translation>ランク r</translation>
    </message>
    <message>
        <source>Rank of the adapters</source>
        <translation>アダプタのランク</translation>
    </message>
    <message>
        <source>Columns of B and rows of A</source>
        <translation>B の列数、A の行数</translation>
    </message>
    <message>
        <source>α</source>
        <translation>α</translation>
    </message>
    <message>
        <source>Projections with adapters: q, k, v and o of the attention, gate, up and down of the feed-forward layers. Where a model fuses several, one of them names the whole</source>
        <translation>アダプタを付ける射影：注意の q、k、v、o と、フィードフォワード層の gate、up、down。モデルがいくつかを一つにまとめている場合は、一つで全体を指します</translation>
    </message>
    <message>
        <source>patch K</source>
        <translation>パッチ K</translation>
    </message>
    <message>
        <source>Tokens per patch</source>
        <translation>パッチあたりのトークン数</translation>
    </message>
    <message>
        <source>K tokens become one position; the patch stage spans K times the tokens per sequence</source>
        <translation>K トークンが 1 つの位置になります。パッチ段階の 1 系列は K 倍のトークンに及びます</translation>
    </message>
    <message>
        <source>share λ</source>
        <translation>割合 λ</translation>
    </message>
    <message>
        <source>Share of the patch stage</source>
        <translation>パッチ段階の割合</translation>
    </message>
    <message>
        <source>λ: the share of all tokens that the patch stage reads. The cost is λ / K + 1 − λ of training on tokens alone</source>
        <translation>λ: パッチ段階が読むトークンの割合。計算量はトークンだけの学習の λ / K + 1 − λ 倍</translation>
    </message>
    <message>
        <source>short share</source>
        <translation>短い割合</translation>
    </message>
    <message>
        <source>Share of short sequences</source>
        <translation>短い系列の割合</translation>
    </message>
    <message>
        <source>Of the passes: these read their tokens as sequences of the trained length under the model&apos;s own factors, so that it keeps its short windows</source>
        <translation>回数のうち、モデル自身の係数で学習長の系列として読む割合。短い窓での性能を保ちます</translation>
    </message>
    <message>
        <source>hidden share</source>
        <translation>隠す割合</translation>
    </message>
    <message>
        <source>Share of hidden tokens</source>
        <translation>隠すトークンの割合</translation>
    </message>
    <message>
        <source>Of the tokens, drawn anew for every step: they become [MASK], the vocabulary&apos;s last id, and are guessed from both sides (0.3 in the paper)</source>
        <translation>トークンのうち、ステップごとに引き直して [MASK]（語彙の最後の ID）に替え、前後から当てさせる割合（論文では 0.3）</translation>
    </message>
    <message>
        <source>Tokens per chunk</source>
        <translation>チャンクあたりのトークン数</translation>
    </message>
    <message>
        <source>Tokens that the encoder reads together: 64 in the warm-up and 256 in the other stages unless another number is given</source>
        <translation>エンコーダが一度に読むトークン数。指定しなければ準備段階で 64、ほかの段階で 256</translation>
    </message>
    <message>
        <source>usual</source>
        <translation>標準</translation>
    </message>
    <message>
        <source>Tokens of context</source>
        <translation>文脈のトークン数</translation>
    </message>
    <message>
        <source>The first tokens of every sequence, which the encoder reads; the decoder reads the rest and is scored on it. Half of the sequence unless another number is given</source>
        <translation>各系列の先頭のトークンをエンコーダが読み、残りをデコーダが読んで採点されます。指定しなければ系列の半分</translation>
    </message>
    <message>
        <source>half</source>
        <translation>半分</translation>
    </message>
    <message>
        <source>context</source>
        <translation>文脈</translation>
    </message>
    <message>
        <source>chunk</source>
        <translation>チャンク</translation>
    </message>
    <message>
        <source>train the encoder as well</source>
        <translation>エンコーダも学習する</translation>
    </message>
    <message>
        <source>Otherwise the cross-attention alone is trained. The decoder is frozen either way</source>
        <translation>外すと交差注意だけを学習します。デコーダはどちらでも固定です</translation>
    </message>
    <message>
        <source>Teacher</source>
        <translation>教師</translation>
    </message>
    <message>
        <source>A model of the same vocabulary that reads whole sequences; its most likely tokens are computed once and stored in the run&apos;s folder</source>
        <translation>同じ語彙を持ち、系列全体を読むモデル。最も確からしいトークンを一度だけ計算し、実行のフォルダに保存します</translation>
    </message>
    <message>
        <source>teacher</source>
        <translation>教師</translation>
    </message>
    <message>
        <source>Rest of the teacher&apos;s tokens</source>
        <translation>教師の残りのトークン</translation>
    </message>
    <message>
        <source>The share that an answer leaves to all tokens it does not list: not compared; one more entry, with a small amount added to all; or one more entry as it is</source>
        <translation>回答に挙がらないトークン全体に残る確率の扱い：比べない／もう一つの項目とし、全項目に小さな値を足す／もう一つの項目としてそのまま</translation>
    </message>
    <message>
        <source>most likely</source>
        <translation>上位</translation>
    </message>
    <message>
        <source>Tokens of the teacher&apos;s answers</source>
        <translation>教師の回答のトークン数</translation>
    </message>
    <message>
        <source>How many of its most likely tokens an answer lists at every position</source>
        <translation>各位置の回答に挙げる、最も確からしいトークンの数</translation>
    </message>
    <message>
        <source>rest</source>
        <translation>残り</translation>
    </message>
    <message>
        <source>Loss = a · the tokens&apos; own loss + b · the divergence from the teacher</source>
        <translation>損失 = a · トークン自身の損失 + b · 教師との隔たり</translation>
    </message>
    <message>
        <source>own loss ×</source>
        <translation>自身の損失 ×</translation>
    </message>
    <message>
        <source>Weight of the tokens&apos; own loss</source>
        <translation>トークン自身の損失の重み</translation>
    </message>
    <message>
        <source>teacher ×</source>
        <translation>教師 ×</translation>
    </message>
    <message>
        <source>Weight of the divergence from the teacher</source>
        <translation>教師との隔たりの重み</translation>
    </message>
    <message>
        <source>Teacher&apos;s folder</source>
        <translation>教師のフォルダ</translation>
    </message>
    <message>
        <source>Models (*.gguf);;All files (*)</source>
        <translation>モデル (*.gguf);;すべてのファイル (*)</translation>
    </message>
    <message>
        <source>the model&apos;s own decoder</source>
        <translation>モデル自身のデコーダ</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>フォルダを選ぶ…</translation>
    </message>
    <message>
        <source>Choose a file…</source>
        <translation>ファイルを選ぶ…</translation>
    </message>
</context>
<context>
    <name>ropescope::TrainingMoreFields</name>
    <message>
        <source>Seed</source>
        <translation>乱数の種</translation>
    </message>
    <message>
        <source>Type to compute in</source>
        <translation>計算の型</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自動</translation>
    </message>
    <message>
        <source>sequences may cross documents</source>
        <translation>系列が文書をまたいでよい</translation>
    </message>
    <message>
        <source>More settings</source>
        <translation>その他の設定</translation>
    </message>
    <message>
        <source>Seed, type to compute in, documents, learning rate of the factors</source>
        <translation>乱数の種、計算の型、文書、係数の学習率</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>種</translation>
    </message>
    <message>
        <source>Of the order of the sequences, new weights and adapters</source>
        <translation>系列の順序、新しい重み、アダプタの乱数の種</translation>
    </message>
    <message>
        <source>compute</source>
        <translation>計算</translation>
    </message>
    <message>
        <source>Type of activations and products: float32, or bfloat16, which needs half their memory. Weights and optimizer stay float32. Automatic: bfloat16 where it is faster on this device</source>
        <translation>活性と積の型：float32、またはメモリが半分で済む bfloat16。重みと最適化器は float32 のままです。自動：この装置で速い場合に bfloat16</translation>
    </message>
    <message>
        <source>Learning rate of the factors</source>
        <translation>係数の学習率</translation>
    </message>
    <message>
        <source>factor rate</source>
        <translation>係数の率</translation>
    </message>
    <message>
        <source>Peak learning rate of the factors&apos; logarithms, where factors are learned</source>
        <translation>係数を学習する場合の、係数の対数の学習率の最大値</translation>
    </message>
    <message>
        <source>Documents end to end, cut into sequences anywhere; otherwise a sequence lies within one document, and ends shorter than a sequence are left out</source>
        <translation>文書をつないで、どこででも系列に切ります。外すと系列は一つの文書の中に収まり、系列より短い端は使いません</translation>
    </message>
</context>
<context>
    <name>ropescope::TrainingPage</name>
    <message>
        <source>Training</source>
        <translation>学習</translation>
    </message>
    <message>
        <source>What to train</source>
        <translation>学習の内容</translation>
    </message>
    <message>
        <source>Time from the operations of a step and this machine&apos;s measured speed; memory from the sizes of weights, gradients, optimizer and activations</source>
        <translation>時間は 1 ステップの演算数とこの機械で測った速さから、メモリは重み・勾配・オプティマイザ・活性値の大きさから</translation>
    </message>
    <message>
        <source>Runs of this study</source>
        <translation>このスタディの学習</translation>
    </message>
    <message>
        <source>Runs that the study keeps: their steps and what their checkpoints measured</source>
        <translation>スタディに残る学習: ステップと、チェックポイントで測った値</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>一時停止</translation>
    </message>
    <message>
        <source>Saves a checkpoint after the step in work; Resume goes on there</source>
        <translation>実行中のステップの後に保存します。「再開」でそこから続きます</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Saves a checkpoint after the step in work and ends the run</source>
        <translation>実行中のステップの後に保存し、学習を終えます</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>測定</translation>
    </message>
    <message>
        <source>Perplexity of the newest checkpoint, or of the result, on the window&apos;s text</source>
        <translation>最新のチェックポイントまたは結果の、ウィンドウのテキストでのパープレキシティ</translation>
    </message>
    <message>
        <source>Open the model</source>
        <translation>モデルを開く</translation>
    </message>
    <message>
        <source>The newest checkpoint, or the result, becomes the window&apos;s model: probe, search and export it</source>
        <translation>最新のチェックポイントまたは結果をウィンドウのモデルにします: 測定、探索、書き出しができます</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>再開</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>開始</translation>
    </message>
    <message>
        <source>Training…</source>
        <translation>学習中…</translation>
    </message>
    <message>
        <source>Goes on from the newest checkpoint in the folder (Ctrl+R)</source>
        <translation>フォルダの最新のチェックポイントから続けます (Ctrl+R)</translation>
    </message>
    <message>
        <source>Trains in the background (Ctrl+R)</source>
        <translation>バックグラウンドで学習します (Ctrl+R)</translation>
    </message>
    <message>
        <source>Waiting for the engine…</source>
        <translation>エンジンを待っています…</translation>
    </message>
    <message>
        <source>Step %1 of %2</source>
        <translation>ステップ %1 / %2</translation>
    </message>
    <message>
        <source>stage %1 of %2</source>
        <translation>段階 %1 / %2</translation>
    </message>
    <message>
        <source>loss %1 (smoothed %2)</source>
        <translation>損失 %1（平滑化 %2）</translation>
    </message>
    <message>
        <source>%1 tokens/s</source>
        <translation>%1 トークン/s</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>残り %1</translation>
    </message>
    <message>
        <source>Paused after step %1 of %2. Resume goes on there.</source>
        <translation>ステップ %1 / %2 の後で一時停止中。「再開」でそこから続きます。</translation>
    </message>
    <message>
        <source>Stopped after step %1 of %2. What was saved is in %3.</source>
        <translation>ステップ %1 / %2 の後で停止しました。保存したものは %3 にあります。</translation>
    </message>
    <message>
        <source>Done: %1 steps, smoothed loss %2 → %3, in %4</source>
        <translation>完了: %1 ステップ、平滑化損失 %2 → %3、%4</translation>
    </message>
    <message>
        <source>Done, in %1</source>
        <translation>完了、%1</translation>
    </message>
    <message>
        <source>%1 steps of %2 tokens: %3, %4.</source>
        <translation>%2 トークンのステップを %1 回: %3、%4。</translation>
    </message>
    <message>
        <source>factors as configured</source>
        <translation>係数はモデルの設定どおり</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 トークン</translation>
    </message>
    <message>
        <source>about %1</source>
        <translation>約 %1</translation>
    </message>
    <message>
        <source>%1 of %2 memory</source>
        <translation>メモリ %1 / %2</translation>
    </message>
    <message>
        <source>%1 memory</source>
        <translation>メモリ %1</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>%1. %2, %3 steps</source>
        <translation>%1. %2、%3 ステップ</translation>
    </message>
    <message>
        <source>runs of this study</source>
        <translation>このスタディの学習</translation>
    </message>
    <message>
        <source>step %1: the loss is nan. Nothing was changed by this step. A smaller learning rate, a longer warm-up or clipping usually help.</source>
        <translation>ステップ %1: 損失が NaN です。このステップでは何も変わっていません。学習率を下げる、ウォームアップを延ばす、勾配の上限を設けると、たいてい直ります。</translation>
    </message>
    <message>
        <source>The window&apos;s model can&apos;t be trained so: choose another way, or open the model that the run began with.</source>
        <translation>ウィンドウのモデルはこの方法では学習できません。別の方法を選ぶか、実行を始めたモデルを開いてください。</translation>
    </message>
</context>
<context>
    <name>ropescope::TreeTrack</name>
    <message>
        <source>search tree</source>
        <translation>探索木</translation>
    </message>
    <message>
        <source>No search yet. Press Space for the first step.</source>
        <translation>まだ探索はありません。スペースキーで最初の一歩。</translation>
    </message>
    <message>
        <source>&lt;b&gt;Search tree&lt;/b&gt;: each level halves the segments of the one above; the number is the increment that won, the colour how far perplexity fell (blue) or rose (brown).</source>
        <translation>&lt;b&gt;探索木&lt;/b&gt;：各レベルは上の区間を半分に分けます。数字は勝った増分、色はパープレキシティの低下（青）または上昇（茶）。</translation>
    </message>
    <message>
        <source>: %1</source>
        <translation>：%1</translation>
    </message>
    <message>
        <source>, perplexity %1</source>
        <translation>、パープレキシティ %1</translation>
    </message>
    <message>
        <source>: no candidate was valid</source>
        <translation>：有効な候補なし</translation>
    </message>
    <message>
        <source>: skipped by hand</source>
        <translation>：手動でスキップ</translation>
    </message>
    <message>
        <source>: locked</source>
        <translation>：ロック</translation>
    </message>
    <message>
        <source>Go back to here</source>
        <translation>ここに戻る</translation>
    </message>
    <message>
        <source>Branch from here</source>
        <translation>ここから分岐</translation>
    </message>
</context>
<context>
    <name>ropescope::UnseenTrack</name>
    <message>
        <source>unseen angles</source>
        <translation>未見の角度</translation>
    </message>
    <message>
        <source>No factor set is selected</source>
        <translation>係数セットが選ばれていません</translation>
    </message>
    <message>
        <source>&lt;b&gt;Unseen angles&lt;/b&gt;: share of the target&apos;s positions whose angle lies in a bin that training never visited.</source>
        <translation>&lt;b&gt;未見の角度&lt;/b&gt;：学習で一度も通らなかったビンに角度がある目標位置の割合。</translation>
    </message>
    <message>
        <source>&lt;br&gt;pair %1: %2</source>
        <translation>&lt;br&gt;ペア %1：%2</translation>
    </message>
</context>
<context>
    <name>ropescope::ValueText</name>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 分</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 時間 %2 分</translation>
    </message>
    <message>
        <source>pair %1</source>
        <translation>ペア %1</translation>
    </message>
    <message>
        <source>pairs %1</source>
        <translation>ペア %1</translation>
    </message>
</context>
</TS>
