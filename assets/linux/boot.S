/*
 * The first two sectors of the disk, which ext4 leaves free: puts the kernel that the disk has into memory by the BIOS and
 * jumps into it. The build writes where the kernel lies into `kernel_sector` and `kernel_sectors`.
 * See Documentation/x86/boot.rst in the kernel's source: what is written here into the head of the kernel is the boot protocol's.
 */
        .code16
        .text
        .globl  _start

        /* Where the kernel's first part goes, which runs in real mode, and its stack and command line behind it. */
        .set    setup_segment, 0x9000
        .set    heap_end, 0xe000
        .set    command_line_at, 0x9e000
        /* Where pieces of the other part wait to be moved behind the first megabyte. */
        .set    piece_segment, 0x1000
        .set    piece_sectors, 64
        .set    serial_port, 0x3f8

_start: cli
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        movw    $0x7c00, %sp
        sti
        cld
        movb    %dl, drive
        movl    $1, packet_sector
        movw    $1, packet_count
        movw    $0x7e00, packet_offset
        call    read
        jmp     begin

/* Reads what `packet` names, or stops with a word. */
read:   movw    $packet, %si
        movb    drive, %dl
        movb    $0x42, %ah
        int     $0x13
        jc      fail
        ret

fail:   movw    $unreadable, %si
        call    say
1:      hlt
        jmp     1b

/* Says the text at %si on the screen and on the first serial line. */
say:    lodsb
        testb   %al, %al
        jz      2f
        pushw   %si
        pushw   %ax
        movb    $0x0e, %ah
        movw    $7, %bx
        int     $0x10
        popw    %ax
        movw    $serial_port, %dx
        outb    %al, %dx
        popw    %si
        jmp     say
2:      ret

loading:        .asciz  "Starting Linux from the disk...\r\n"
unreadable:     .asciz  "The kernel cannot be read from the disk.\r\n"

        .balign 4
packet:         .byte   16, 0
packet_count:   .word   0
packet_offset:  .word   0
packet_segment: .word   0
packet_sector:  .quad   0
drive:          .byte   0

        /* Some BIOSes look for a table of partitions here: it is empty. */
        .org    510
        .word   0xaa55

begin:  movw    $loading, %si
        call    say

        /* The kernel's first sector says how long its first part is. */
        movl    kernel_sector, %eax
        movl    %eax, packet_sector
        movw    $1, packet_count
        movw    $0, packet_offset
        movw    $setup_segment, packet_segment
        call    read
        movw    $setup_segment, %ax
        movw    %ax, %es
        movzbw  %es:0x1f1, %ax
        incw    %ax
        movw    %ax, packet_count
        movzwl  %ax, %ebp
        call    read

        movb    $0xff, %es:0x210                /* a loader without a number */
        orb     $0x80, %es:0x211                /* there is a heap, */
        movw    $heap_end - 0x200, %es:0x224    /* which ends here */
        movl    $command_line_at, %es:0x228
        movw    $0xffff, %es:0x1fa              /* the usual text mode */

        /* The other part, a piece at a time. %ebp: sectors read so far. */
next:   movl    kernel_sectors, %eax
        subl    %ebp, %eax
        jz      enter
        cmpl    $piece_sectors, %eax
        jbe     1f
        movl    $piece_sectors, %eax
1:      movw    %ax, packet_count
        movl    kernel_sector, %ebx
        addl    %ebp, %ebx
        movl    %ebx, packet_sector
        movw    $piece_segment, packet_segment
        addl    %eax, %ebp
        pushw   %ax
        call    read
        popw    %cx
        shlw    $8, %cx                         /* in words */
        xorw    %ax, %ax
        movw    %ax, %es
        movw    $descriptors, %si
        movb    $0x87, %ah
        int     $0x15
        jc      fail
        addl    $piece_sectors * 512, to_base   /* never out of its lower 24 bits: the kernel has some megabytes */
        jmp     next

enter:  movw    $setup_segment, %ax
        movw    %ax, %es
        movw    $command_line, %si
        movw    $command_line_at - setup_segment * 16, %di
        movw    $command_line_end - command_line, %cx
        rep movsb
        cli
        movw    %ax, %ds
        movw    %ax, %fs
        movw    %ax, %gs
        movw    %ax, %ss
        movw    $heap_end, %sp
        ljmp    $setup_segment + 0x20, $0

        /* For the BIOS, which moves a piece: from where, and to where. */
        .balign 8
descriptors:    .quad   0, 0
                .word   0xffff
                .long   0x93000000 | piece_segment * 16
                .word   0
                .word   0xffff
to_base:        .long   0x93100000
                .word   0
                .quad   0, 0

        .org    1024 - 160 - 8
kernel_sector:  .long   0
kernel_sectors: .long   0
command_line:   .asciz  "root=/dev/sda rw quiet console=tty0 console=ttyS0 tsc=reliable no_timer_check"
command_line_end:
        .org    1024
