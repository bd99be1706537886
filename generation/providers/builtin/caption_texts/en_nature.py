"""English caption texts about the outdoors: water, land, weather."""

from .family import Family

FAMILIES = (
    Family.parse(
        "water",
        words="""
        sea = sea, ocean, wave, coast, coastline, shore, seaside, harbour, harbor, pier, bay, island, reef, surf, surfer, tide | Sea SaltAir CoastalWalks
        beach = beach, seashell, shell, surfboard, sandcastle, shoreline | BeachDay SaltAir
        lighthouse = lighthouse, beacon | Lighthouse CoastalWalks
        boat = boat, ship, sailboat, yacht, canoe, kayak, ferry, sail, dock, marina | Boats SlowTravel
        sealife = fish, koi, goldfish, jellyfish, whale, dolphin, shark, octopus, sea turtle, seahorse, coral, underwater | Underwater SeaLife
        lake = lake, pond, reservoir, lagoon | LakeLife StillWater
        river = river, waterfall, stream, creek, cascade, brook | River WildWater
        """,  # noqa: E501
        tags="Waterside SlowDays",
        hooks="""
        Water has the right of way.
        Some addresses are only water and a view.
        Wet feet, clear head.
        The horizon sends its regards.
        Bring a jacket. Leave the phone.
        One part water, two parts patience.
        The quiet kind of loud.
        sea: Salt first, questions later.
        sea: Today's forecast: horizon.
        sea: The sea has been drafting this for years.
        sea,beach: Same wave, different sentence.
        beach: Office hours: whenever the tide is out.
        beach: Sand in everything, no complaints.
        lighthouse: One job, done beautifully.
        lighthouse: Some of us work nights.
        lighthouse: Tall, patient, never once late.
        boat: Every boat is a plan with a hull.
        boat: Going nowhere, and doing it well.
        sealife: Small bubbles, big opinions.
        sealife: Traffic report from below: all clear.
        lake: A mirror with frogs in it.
        lake: Still water, loud thoughts.
        river: Late for the sea, and not sorry.
        river: The river has the floor.
        """,
        lines="""
        Stand here long enough and the to-do list starts to look optional.
        Water repeats itself all day, and somehow it never gets boring.
        It has been rehearsing this scene for a few thousand years, and it shows.
        It asks for nothing except a place to sit and ten spare minutes.
        Listen closely and you can hear an inbox not being opened.
        The view does most of the talking; the frame only had to hold still.
        Nobody has ever looked at this much water and thought of a spreadsheet.
        Reflections are included, at no extra charge.
        Every picture of water is a promise to come back. This one is in writing.
        The best seat is whichever rock is dry.
        sea: The sea keeps erasing its drafts, and every new one reads better.
        sea: Waves arrive with news from far away and leave before anyone can reply.
        sea: Someone once tried to count the waves. They are still out there, quite happy.
        sea,beach: The tide table is the only schedule worth pinning to the fridge.
        beach: Footprints are the local currency, and the tide collects twice a day.
        beach: Half of the beach comes home in your shoes. That is the souvenir.
        lighthouse: It has one word to say and says it to everyone, in light.
        lighthouse: Built for storms, admired for its manners.
        lighthouse: The keeper says the sea keeps the better diary, so we let it write.
        boat: Somewhere on board there is a map, folded wrong, and nobody minds.
        boat: The rope knows every knot by its first name.
        sealife: Down there everybody yields, and nobody honks.
        sealife: A small lesson in taking turns, taught without a single word.
        lake: Drop one stone and the whole view changes its mind.
        lake: Two landscapes for the price of one, and the lower one wobbles.
        river: It never takes the short way, and it always arrives.
        river: Stones get smooth by letting things go past. Noted.
        """,
        quips="""
        Jacket advised.
        The rest is horizon.
        No lifeguard on duty.
        Tide permitting.
        Mind the splash.
        """,
        calls="""
        Tag the person who would already be in the water.
        Which shore are you missing today?
        Save it for the next long meeting.
        Send it to whoever still has sand in the car.
        """,
    ),
    Family.parse(
        "land",
        words="""
        mountain = mountain, peak, summit, alps, hill, ridge, valley, cliff, volcano, canyon, glacier, hiker, hiking, trail | Mountains HighGround
        forest = forest, wood, woods, woodland, tree, jungle, rainforest, pine, oak, birch, fern, moss, mushroom | IntoTheWoods ForestLight
        field = field, meadow, countryside, farm, barn, prairie, lavender, wheat, vineyard, hay, pasture, village | Countryside OpenFields
        desert = desert, dune, Sahara, oasis, cactus, canyon | DesertLight DryLand
        """,  # noqa: E501
        tags="Outdoors LongWayRound",
        hooks="""
        Out of signal, into the view.
        The long way round, on purpose.
        Good boots, no plan.
        Somewhere the map just says "nice".
        Distance, served neat.
        Ground control to nobody.
        Nothing here needs a password.
        mountain: The mountain did not come to us. Fair enough.
        mountain: Uphill, then a very good reason.
        mountain: A skyline nobody had to build.
        forest: The trees have been discussing you.
        forest: Moss has all the time in the world.
        forest: Come in. Mind the roots.
        field: Room to think, and then some.
        field: Straight lines, soft edges.
        desert: Less, but much more of it.
        desert: Three ingredients: sand, sky, nerve.
        desert: Plenty of nothing, beautifully arranged.
        """,
        lines="""
        The path goes on a little further than the excuse not to walk it.
        Nobody out here has asked for an update since Tuesday.
        The sandwich will taste better at the top. It always does.
        It looks untouched because nobody found a good reason to touch it.
        Some views are worth the blister. This one throws in the second blister for free.
        Silence out here comes in several sizes. This is the large.
        You can see tomorrow from this spot, if you squint.
        The wide shot is not a choice; the place simply refuses to fit.
        Maps give it a number. It deserves at least a paragraph.
        Bring water, bring time, and bring one good question to leave behind.
        mountain: It has not moved in ten million years and still looks ready for its portrait.
        mountain: From up there every problem is about two centimetres tall.
        mountain: Count the ridges. Everyone gets a different number and everyone is right.
        mountain: Going up is exercise. Stopping every ten minutes is the art.
        forest: Every trunk is a slow sentence, and nobody interrupts.
        forest: The light comes in sideways, like a guest who knows the house.
        forest: Somewhere in there an owl is judging the composition.
        forest: Walk ten minutes and the news gets noticeably quieter.
        field: The rows look like handwriting from up the road.
        field: Whoever planted this had patience, a good hat and no meetings.
        field: Out here the weather is the gossip.
        desert: Every dune is a wave that decided to think it over.
        desert: The wind redecorates at night and never sends a bill.
        desert: It keeps its flowers for people who wait.
        """,
        quips="""
        Boots recommended.
        No signal, no problem.
        Worth the walk.
        Population: wind.
        The map agrees.
        """,
        calls="""
        Tag the friend who always says "just one more hill".
        Where would you pitch the tent?
        Save it for a Friday that needs a way out.
        Send it to someone who owes you a walk.
        """,
    ),
    Family.parse(
        "sky",
        words="""
        rain = rain, rainy, drizzle, umbrella, puddle, raindrop, downpour, wet street | RainyDay
        snow = snow, snowy, snowfall, snowflake, ice, icy, frost, frozen, blizzard, snowman | SnowDay
        fog = fog, foggy, mist, misty, haze | FoggyDays
        storm = storm, stormy, thunder, thunderstorm, lightning, hurricane, tornado | StormWatch
        cloud = cloud, cloudy, overcast | CloudStudy
        sky = sky, rainbow | LookUp
        aurora = aurora, northern lights | Aurora NightSky
        wind = wind, windy, breeze, kite | WindyDay
        sun = sunny, sunshine, sunlight, sunlit, sun, sunbeam, clear sky | SunnyDay
        """,  # noqa: E501
        tags="WeatherDiary LookUp",
        hooks="""
        Weather, doing its own styling.
        The sky had notes.
        Today's headline is overhead.
        Forecast: worth a look.
        The ceiling is having a moment.
        rain: Rain check, accepted.
        rain: Umbrella up, shoulders down.
        rain: Puddles: chandeliers on the ground.
        snow: The whole place on mute.
        snow: White noise, the silent kind.
        snow: Two jumpers and no regrets.
        fog: Some details have been withheld.
        fog: Visibility low, mood high.
        storm: The sky cleared its throat.
        storm: Front-row seats, indoors.
        cloud: Slow traffic overhead.
        aurora: The sky left the lights on.
        aurora: Green, for no reason at all.
        wind: Hair by the wind. No refunds.
        sun: The sun showed up early and overdressed.
        """,
        lines="""
        Everyone talks about the weather. For once it deserves the attention.
        It was all over in ten minutes, which is how you know it was good.
        The forecast promised something else, and nobody is complaining.
        Look up more often; the programme changes without notice.
        No ticket, no queue, and the show still runs late into the evening news.
        Somewhere a meteorologist is pointing at this and smiling.
        The atmosphere is mostly nitrogen. The rest is showing off.
        Free admission, uncomfortable seats, five stars.
        rain: The rain edits the world down to what shines.
        rain: Every street lamp now comes in two copies.
        rain: The umbrella stayed at home, of course. It prefers the dry days.
        rain: It sounds better with a window open a hand's width.
        snow: Every sound takes its shoes off before coming in.
        snow: One pair of footprints, and everyone wonders who had an errand.
        snow: The cold does the focusing; all you add is a mitten with a hole in it.
        fog: The fog keeps the best part for whoever walks closer.
        fog: Half the view is missing, and the other half looks better for it.
        storm: Count the seconds, then pretend you were not counting.
        storm: It rearranged the light first and the garden furniture second.
        cloud: It looks like a whale, then a hat, then your uncle.
        cloud: Clouds never repeat an outfit.
        aurora: Nobody speaks for a minute, and then everybody says the same word.
        wind: It takes your hat and hands you back some perspective.
        wind: You cannot photograph it, only everything it touches.
        sun: Shadows with edges you could cut bread on.
        sun: Even the dust looks rehearsed in this light.
        """,
        quips="""
        Weather permitting, and it did.
        Look up.
        No umbrella involved.
        The forecast missed this.
        """,
        calls="""
        What is it doing outside your window?
        Send it to the friend who checks three weather apps.
        Save it for the next grey Monday.
        """,
    ),
)
