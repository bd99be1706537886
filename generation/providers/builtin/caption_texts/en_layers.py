"""English caption texts about what colours a picture: time of day, season, colour, style."""

from .family import Family

LAYERS = (
    Family.parse(
        "time",
        words="""
        dawn = dawn, sunrise, daybreak, first light, early morning | FirstLight EarlyHours
        morning = morning | MorningLight
        noon = noon, midday, high sun | MiddayLight
        afternoon = afternoon | SlowAfternoon
        sunset = sunset, golden hour, sundown, last light, evening, sunsets | GoldenHour LastLight
        dusk = dusk, twilight, blue hour, nightfall | BlueHour
        night = night, midnight, nighttime, at night, nocturnal, city lights | AfterDark
        """,
        hooks="""
        dawn: {Subject}, before the alarm clocks.
        dawn: First light, no queue.
        dawn: The day, still in its wrapping.
        dawn: {Subject}, five minutes into the day.
        morning: Good morning, in pictures.
        morning: {Subject}, before the first email.
        morning: The soft start of something.
        noon: High noon, short shadows.
        noon: {Subject}, at the top of the day.
        noon: Twelve sharp, hat advised.
        afternoon: Four in the afternoon, and in no hurry.
        afternoon: {Subject}, after lunch and before plans.
        afternoon: The long middle of a good day.
        sunset: {Subject}, last light.
        sunset: The sun is signing off in style.
        sunset: Golden hour, small print included.
        sunset: {Subject}, and the day bowing out.
        dusk: Ten minutes of blue.
        dusk: {Subject}, between day and night.
        dusk: The hour that belongs to nobody.
        night: {Subject}, after hours.
        night: The night shift looks good.
        night: Lights out, picture on.
        night: Late, and worth it.
        """,
        lines="""
        dawn: The sun arrived early and had the place to itself.
        dawn: At this hour even the shadows are polite.
        dawn: The alarm was cruel. The light apologised.
        dawn: Nobody else was up, so the morning whispered.
        morning: The light came in low, with coffee on its mind.
        morning: Mornings like this make a case for getting up.
        morning: It is the hour when everything still seems doable.
        noon: The sun stood directly overhead and refused all flattery.
        noon: Shade is at a premium; so is ambition.
        noon: At midday nothing hides, and nothing here needs to.
        afternoon: The light leans back at this hour, and you should too.
        afternoon: Nothing urgent has ever happened at this time of day.
        afternoon: The shadows have started to stretch, like everyone after lunch.
        sunset: The day handed in its best work at the very last minute.
        sunset: Everything goes gold for a while, even the things that were not trying.
        sunset: The sun does this every evening, and we still act surprised.
        sunset: Nobody has ever managed to be cynical for a whole sunset.
        dusk: The blue came down slowly, like a good decision.
        dusk: Street lamps and stars are still arguing about whose turn it is.
        dusk: It is the short hour when every window looks invited.
        night: The dark does half the framing and takes none of the credit.
        night: Whoever is still awake gets the better version.
        night: Everything quiet has its light on.
        night: After midnight even small things start to look like plots.
        """,
    ),
    Family.parse(
        "season",
        words="""
        spring = spring, springtime | SpringNotes
        summer = summer, summertime, summery | SummerDays
        autumn = autumn, fall leaves, autumnal, autumn leaves | AutumnColours
        winter = winter, wintry, winter's | WinterMood
        """,
        hooks="""
        spring: {Subject}, first warm week.
        spring: The year, trying again.
        spring: Windows open, coat undecided.
        summer: {Subject}, out of office.
        summer: Long days, short sleeves.
        summer: The season with sand in it.
        autumn: {Subject}, in the key of rust.
        autumn: Falling, gracefully.
        autumn: The year puts on a cardigan.
        winter: {Subject}, two jumpers deep.
        winter: Cold hands, clear picture.
        winter: The season that whispers.
        """,
        lines="""
        spring: Everything is in a hurry to be green, and for once that is fine.
        spring: The year is at the stage where it still believes its own plans.
        spring: The air smells of rain, soil and a jacket left at home.
        summer: It was too warm to think, so everything got simpler and better.
        summer: Summer is mostly the art of finding the right shade.
        summer: The day forgot to end, and nobody reminded it.
        autumn: The colours arrived all at once, like relatives.
        autumn: Letting go has never had better art direction.
        autumn: It crunches underfoot and smells of wood smoke and new notebooks.
        winter: The cold draws with a sharper pencil.
        winter: Winter takes almost everything away, then frames what is left.
        winter: Breath in the air, hands round a cup, nothing left to prove.
        """,
    ),
    Family.parse(
        "colour",
        words="""
        red = red, crimson, scarlet, ruby | InRed
        orange = orange, amber, rust | InOrange
        yellow = yellow, mustard | InYellow
        green = green, emerald, turquoise, teal, mint | InGreen
        blue = blue, navy, indigo, cobalt, azure | InBlue
        purple = purple, violet, lilac, mauve | InPurple
        pink = pink, magenta, fuchsia | InPink
        gold = gold, golden | TouchOfGold
        earth = brown, terracotta, beige, ochre, sepia | EarthTones
        white = white, ivory | WhiteOnWhite
        black = black | InBlack
        pastel = pastel, pastels, candy-coloured | Pastel
        rainbow = colorful, colourful, multicolored, rainbow, vibrant, vivid | AllTheColours
        """,
        hooks="""
        red: Red speaks first.
        orange: Warm, bordering on smug.
        yellow: The yellow one, because someone asked.
        green: Green, thoroughly.
        blue: Blue, with conviction.
        purple: Purple does not explain itself.
        pink: Pink, and serious about it.
        gold: A little gold goes all the way.
        earth: Colours with soil on their boots.
        white: White, in many accents.
        black: Black, because it is never late.
        pastel: Quiet colours, firm handshake.
        rainbow: Every colour RSVP'd.
        """,
        lines="""
        red: The red was not invited to dominate; it just has that kind of voice.
        red: One spot of red and the whole picture sits up straight.
        orange: The orange is doing what orange does best, which is refusing to whisper.
        orange: Turn the heating off. The orange has it covered.
        yellow: The yellow walked in like good news.
        yellow: Some yellows knock. This one had a key.
        green: There are more greens in here than names for them.
        green: The green is the kind you can almost hear growing.
        blue: The blue goes a long way back, and you may take your time.
        blue: Every blue in the drawer was tried. This is the one that stayed.
        purple: The purple came overdressed and turned out to be right.
        purple: It takes nerve to be this violet before dinner.
        pink: The pink means it. Do not be fooled by the sweetness.
        pink: It is the sort of pink that tips well.
        gold: The gold knows when to stop, which is rare in gold.
        gold: A bit of shine never hurt a quiet picture.
        earth: The palette was borrowed from the ground, and returned with interest.
        earth: Brown is just orange with experience.
        white: White is what is left when everything else has been forgiven.
        white: So many whites, and not one of them blank.
        black: The black holds everything together, like a good host.
        black: Black makes every other colour tell the truth.
        pastel: Nothing raises its voice in here, and you hear every word.
        pastel: The palette was mixed with milk.
        rainbow: Someone opened the whole box of colours and lost the lid.
        rainbow: No colour was left out, and none of them seems to be sulking.
        """,
    ),
    Family.parse(
        "style",
        words="""
        minimal = minimal, minimalist, minimalistic, clean background, simple background | Minimal LessIsPlenty
        vintage = vintage, retro, nostalgic, 1950s, 1960s, 1970s, 1980s, 80s, 90s, art deco, polaroid | Vintage
        watercolour = watercolor, watercolour, gouache, aquarelle | Watercolour
        painting = oil painting, painting, impressionist, brushstroke, baroque, renaissance, van gogh, acrylic | Painterly
        papercut = papercut, paper cut, paper art, origami, collage | Papercut
        poster = poster, screenprint, risograph, linocut, woodcut | PosterArt
        monochrome = black and white, monochrome, black-and-white, grayscale, greyscale | BlackAndWhite
        neon = neon, glowing, fluorescent | NeonGlow
        pixel = pixel art, pixel, 8-bit, 16-bit, voxel | PixelArt
        threed = 3d, clay render, isometric, low poly, blender, claymation | ThreeD
        macro = macro, close-up, close up, closeup | CloseUp
        aerial = aerial, drone, bird's-eye, from above, top-down | FromAbove
        drawing = sketch, pencil, drawing, line art, charcoal, ink drawing, comic, cartoon, anime, manga, illustration | Illustration
        cosy = cozy, cosy, warm light, candlelight, snug | CosyCorner
        dreamy = dreamy, dreamlike, ethereal, surreal, whimsical | Dreamlike
        """,  # noqa: E501
        hooks="""
        minimal: Almost nothing, exactly enough.
        minimal: {Subject}, and the good manners to leave it at that.
        vintage: As seen in a drawer you forgot.
        vintage: {Subject}, before everything had a screen.
        watercolour: {Subject}, slightly wet at the edges.
        watercolour: Water did the difficult parts.
        painting: {Subject}, one layer at a time.
        painting: Do not touch. It only looks wet.
        papercut: {Subject}, in eleven layers of paper.
        papercut: Scissors, paper, no rock.
        poster: {Subject}, fit for a wall.
        poster: Drawing pins not included.
        monochrome: {Subject}, minus the colour, plus the rest.
        monochrome: Grey areas, well handled.
        neon: {Subject}, plugged in.
        neon: The sign says open. It always says open.
        pixel: {Subject}, one square at a time.
        pixel: Insert coin to continue.
        threed: {Subject}, with a round side to everything.
        threed: Soft corners, sharp timing.
        macro: {Subject}, within arm's reach.
        macro: Closer. No, closer.
        aerial: {Subject}, from where the birds complain.
        aerial: The world, laid out like a tablecloth.
        drawing: {Subject}, in as few lines as honesty allows.
        drawing: Pencil first, doubts later.
        cosy: {Subject}, under a blanket of light.
        cosy: Warm, and in no mood to move.
        dreamy: {Subject}, as remembered by a pillow.
        dreamy: Please do not wake the picture.
        """,
        lines="""
        minimal: Everything that could be left out was thanked and left out.
        minimal: The empty part is not empty. It is where the picture breathes.
        vintage: It smells faintly of paper, attic and somebody else's summer.
        vintage: They do not make them like this anymore, so we did.
        watercolour: The colours ran a little, and they ran in the right direction.
        watercolour: Half of it is water that changed its mind at the last moment.
        painting: Step closer and it falls apart into colour; step back and it forgives you.
        painting: The brush went over it once and did not apologise.
        papercut: Every shadow in it was earned with a blade and a steady hand.
        papercut: It stands about two millimetres deep and looks like a whole valley.
        poster: It wants a wall, a bit of tape and a room with opinions.
        poster: Three colours, no small talk.
        monochrome: Without the colours, the light has to tell the truth.
        monochrome: The greys were asked to do everything, and they delivered.
        neon: It hums a little, if you listen with your eyes.
        neon: The glow lands on everything and flatters all of it.
        pixel: Fewer squares than your phone has excuses, and still it reads at once.
        pixel: Somewhere a tiny soundtrack is playing on a loop.
        threed: You could pick it up, turn it round and put it back a little happier.
        threed: Every edge has been sanded by somebody with a kind heart.
        macro: From this near, dust becomes a landscape and patience becomes a skill.
        macro: The small things were there all along, waiting for us to lean in.
        aerial: Height tidies everything up. The mess is all still down there.
        aerial: From up here you can see the pattern nobody planned.
        drawing: The line goes for a walk and knows exactly where it is going.
        drawing: You can see the moment the pen stopped doubting.
        cosy: The thermostat was not consulted. The light took care of it.
        cosy: It comes with an invisible armchair. Do sit down.
        dreamy: It makes sense the way things do just before the alarm.
        dreamy: Ask it no questions and it will tell you everything.
        """,
    ),
)
