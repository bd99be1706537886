"""English caption texts about what is far or made up: space, abstraction, fantasy."""

from .family import Family

FAMILIES = (
    Family.parse(
        "space",
        words="""
        space = space, galaxy, nebula, universe, cosmos, cosmic, milky way, black hole, orbit, meteor, comet, asteroid, satellite | Space DeepSky
        planet = planet, Mars, Saturn, Jupiter, earth, alien planet | Planets OtherWorlds
        moon = moon, moonlight, full moon, moonrise, crescent, lunar, eclipse | MoonNotes
        astronaut = astronaut, cosmonaut, spacesuit | Astronaut
        ship = spaceship, spacecraft, rocket, space station, ufo, flying saucer, alien | Spaceship
        star = star, starry, stars, constellation, stargazing, telescope | Stargazing NightSky
        """,  # noqa: E501
        tags="LookUp FarFromHere",
        hooks="""
        Wish you were weightless.
        Far, far, and a little further.
        Plenty of room at the top.
        No gravity was harmed.
        The commute is long. The view is not bad.
        Postcard rates to orbit have gone up.
        Everything we know fits in one corner of this.
        space: Dark matter, bright mood.
        space: Infinity, cropped to fit.
        planet: Nice place. Odd parking.
        planet: Another world, same wonder.
        moon: The night shift has started.
        moon: One small lamp, very large room.
        astronaut: Out of office, out of orbit.
        astronaut: One small step, many zips.
        ship: Ten, nine, snacks, seven.
        star: Old light, just delivered.
        star: Connect the dots, any order.
        """,
        lines="""
        It makes the inbox look about the right size, which is tiny.
        Light travelled all that way, and the least we could do was look.
        Somewhere out there is a better parking space.
        space,astronaut,ship: No sound, no weather, no neighbours. The rent must be something.
        space,astronaut,ship,planet: Physics calls it a vacuum. It is the fullest emptiness we know.
        Nobody has been there, so nobody can say we got it wrong.
        The scale bar would not fit in the frame, and neither would the frame.
        Every telescope is just a polite way of staring.
        Pack light. Really light.
        Time runs differently out there, roughly like a Sunday.
        We are made of the same stuff as this, minus the lighting.
        Out there "up" is a matter of taste.
        space: It has been expanding since the beginning and still shows no sign of a plan.
        space: Billions of suns, and not one of them asked to be photographed.
        planet: No map, no towns, no delivery address. Tempting.
        planet: The weather is terrible and the sunsets come in pairs.
        moon: It borrows every bit of its light and never gets a complaint.
        moon: The tides take the credit, and it does not mind.
        astronaut: Training took ten years; the floating took care of itself.
        ship: The parking brake is on. One hopes.
        astronaut: The suit weighs a ton, except here, where nothing does.
        star: Half of them may be gone already. They kept the lights on for us.
        star: Sailors crossed oceans on less than this.
        """,
        quips="""
        Mind the gravity.
        Signal delay: eight minutes.
        No return ticket.
        Houston is fine with it.
        """,
        calls="""
        Who would you take along, and who gets the window seat?
        Save it for the next time somebody says "be realistic".
        Tag someone who would leave on the first rocket.
        """,
    ),
    Family.parse(
        "abstract",
        words="""
        abstract = abstract, abstraction, fluid, swirl, gradient, fractal, shapes, blob, brushstrokes | Abstract ShapesAndColour
        pattern = pattern, texture, geometric, geometry, mosaic, tile, stripe, spiral, grid, mandala, kaleidoscope, circle, triangle, line art, origami | Pattern Geometry
        """,  # noqa: E501
        tags="ColourStudy LookTwice",
        hooks="""
        It means exactly what you think.
        No subject, no alibi.
        Colour, off the leash.
        Nothing in particular, very carefully.
        Stare first, name it later.
        Soft shapes, firm opinions.
        A thought before it finds words.
        Made of maybe.
        Turn it upside down. Still good.
        abstract: The wall asked for something to do.
        abstract: Accidents, selected with care.
        abstract: Somewhere between spill and plan.
        pattern: Again, but with feeling.
        pattern: Order, with a wink.
        pattern: Count to nine and start over.
        """,
        lines="""
        Ask three people what it shows and you get four good answers.
        It is finished when moving any part of it makes the room uneasy.
        There is no wrong way up, although everyone has a favourite.
        One shape leans on the next, and nobody falls over.
        Your eye enters on the left and forgets to leave.
        It hangs somewhere between a map and a mood.
        Nobody can explain why it works, which saves a lot of talking.
        The colours were told to behave. They took a vote.
        It looks like a Tuesday trying to be a Saturday.
        If you see a face in it, that is between you and the face.
        The quiet parts are doing more than they admit.
        Somewhere in there is a straight line, keeping everyone honest.
        Best seen from two steps back, or from one step too close.
        It started as a mistake with good proportions.
        Nothing happens in it, and it never stops.
        abstract: Let it drift for a minute. It was going to anyway.
        abstract: Paint would have dripped. This just thinks about dripping.
        abstract: The title came last, and even the title shrugged.
        pattern: The trick is one tile that disagrees. You will find it around midnight.
        pattern: It repeats itself on purpose, like a good chorus.
        pattern: Follow one line to the end and tell us where you come out.
        """,
        quips="""
        No title needed.
        This way up, perhaps.
        Make of it what you like.
        On purpose.
        Stare responsibly.
        """,
        calls="""
        What do you see first?
        Name it in three words.
        Save it for the wall you never decided on.
        Send it to someone who says they do not get art.
        """,
    ),
    Family.parse(
        "fantasy",
        words="""
        dragon = dragon, griffin, phoenix | Dragons MythicalThings
        creature = monster, mermaid, fairy, troll, ghost, vampire, werewolf, elf, dwarf, goblin, mythical creature, demon, angel | MythicalThings
        castle = castle, kingdom, fortress | CastleLife OnceUponATime
        magic = wizard, witch, magic, magical, fantasy, enchanted, spell, potion, portal, crystal ball | OnceUponATime
        hero = knight, sword, treasure, pirate, viking, samurai, princess, prince, queen, king, warrior | OnceUponATime
        robot = robot, android, cyborg, mecha, automaton | RobotDiaries
        future = cyberpunk, futuristic, sci-fi, scifi, science fiction, steampunk, hologram, future city, dystopian, time machine | SciFi NearFuture
        """,  # noqa: E501
        tags="StoryStarter OtherWorlds",
        hooks="""
        Once upon a very specific time.
        Chapter one, no spoilers.
        Page forty, and it gets stranger.
        The legend, before the footnotes.
        Based on a true daydream.
        Somebody believed the map.
        No such place. We checked twice.
        creature: Here be good manners, apparently.
        dragon: It only breathes fire on weekdays.
        creature: Tall tale, life size.
        castle: The moat keeps salesmen out.
        castle,magic: Enter, if the door agrees.
        hero,magic: Quest pending. Snacks first.
        robot: Feelings: loading.
        robot: It passed every test except small talk.
        future: The future, with the usual traffic.
        future: Tomorrow, slightly overlit.
        """,
        lines="""
        Every legend starts with somebody ignoring perfectly good advice.
        The locals say it is only a story, and then they lock the door.
        There is a prophecy, but the handwriting is terrible.
        Nobody has come back to complain, which the brochure counts as praise.
        The hero is late. Heroes usually are; it helps the entrance.
        Somewhere a narrator lowers his voice.
        All the best maps have one corner where the ink gets nervous.
        The sequel was written first. It explains very little.
        It does not exist, and you could still find your way around in it.
        Three wishes, two of them already spent on snacks.
        You may touch nothing, and you may keep whatever touches you.
        The moral of the story was lost in a card game around chapter six.
        dragon: It sleeps on gold because nobody ever offered it a mattress.
        creature,dragon: Feared across nine villages, and shy around children.
        dragon: One wing beat, and every hat in the valley changes owner.
        castle: Four towers, two ghosts, and a heating bill that ended the dynasty.
        castle: The throne is uncomfortable on purpose. It keeps the speeches short.
        magic: The spell wore off at noon. The confidence stayed.
        creature: Often described, rarely believed, never once on time.
        magic: The small print on the potion says "results may sing".
        hero: Brave is mostly the walk from the door to the middle of the room.
        hero: The portrait in the great hall got the nose wrong. This one did not.
        robot: It was built to sort parcels and turned out to like sunsets.
        robot: It counts sheep to start up.
        future: Everything is connected, except the one cable you need.
        future: The cars fly, and people still argue about parking.
        """,
        quips="""
        To be continued.
        No dragons were billed.
        Chapter two follows.
        Believe the map.
        The prophecy said so.
        """,
        calls="""
        What happens on the next page?
        Tag the person you would take on this quest.
        Give it a first sentence in the comments.
        Save it for a story you have been meaning to start.
        """,
    ),
)
