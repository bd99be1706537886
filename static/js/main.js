// Everything a page does by itself. Each module listens on the document, so it goes on working
// for what arrives later.

import "./theme-switch.js";
import "./language.js";
import "./copy.js";
import "./toast.js";
import "./failures.js";
import "./elapsed.js";
import "./focus.js";
import "./dialog.js";
import "./menu.js";
import "./keys.js";
import "./develop.js";
import "./missing.js";
import "./clip.js";
import "./disclosure.js";
import "./local-time.js";
import "./last-day.js";
import "./form-key.js";
import "./model-chips.js";
import "./estimate.js";
import "./composer.js";
import "./animate.js";
import "./references.js";
import "./conversation.js";
import "./compare.js";
import "./live.js";
import "./gallery.js";
import "./filters.js";
import "./news.js";
import "./anew.js";
import "./wall-place.js";
import "./lightbox.js";
import "./selection.js";
import "./share.js";
import "./gone.js";
import "./trash.js";
